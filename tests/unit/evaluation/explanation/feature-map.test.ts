import { expect, test } from 'vitest';
import { featureMap } from '../../../../electron/evaluation/explanation/feature-map.ts';
import { seededRandom } from '../../../../shared/random.ts';

/** Groups of points around their own place in eight dimensions. */
function groups(count: number, each: number): Float32Array {
  const random = seededRandom(4);
  const noise = () => random() + random() + random() - 1.5;
  return Float32Array.from({ length: count * each * 8 }, (_, at) => {
    const group = Math.floor(at / (8 * each));
    return noise() + (at % 8 === group ? 12 : 0);
  });
}

test('principal components agree with a worked example', async () => {
  // L. I. Smith, "A tutorial on principal components analysis" (2002), section 3; eigenvalues 1.28402771 and .0490833989.
  const rows = [
    2.5, 2.4, 0.5, 0.7, 2.2, 2.9, 1.9, 2.2, 3.1, 3.0, 2.3, 2.7, 2.0, 1.6, 1.0, 1.1, 1.5, 1.6, 1.1, 0.9,
  ];
  const { pca, explained } = await featureMap(Float32Array.from(rows), 2, { seed: 1 });
  const first = [
    0.82797019, -1.77758033, 0.99219749, 0.27421042, 1.67580142, 0.9129491, -0.09910944, -1.14457216,
    -0.43804614, -1.22382056,
  ];
  first.forEach((value, row) => expect(pca[2 * row]).toBeCloseTo(value, 5));
  expect(explained[0]).toBeCloseTo(0.96318131, 5);
  expect(explained[1]).toBeCloseTo(0.03681869, 5);
});

test('neighbours in the plane are neighbours in the features, the same way every time', async () => {
  const features = groups(3, 40);
  const { umap } = await featureMap(features, 8, { seed: 7 });
  const distance = (a: number, b: number) =>
    Math.hypot(umap[2 * a]! - umap[2 * b]!, umap[2 * a + 1]! - umap[2 * b + 1]!);
  const points = Array.from({ length: 120 }, (_, at) => at);
  const kept = points.filter((point) => {
    const others = points.filter((other) => other !== point);
    const nearest = others.reduce((best, other) =>
      distance(point, other) < distance(point, best) ? other : best,
    );
    return Math.floor(nearest / 40) === Math.floor(point / 40);
  });
  expect(kept.length).toBeGreaterThanOrEqual(118);
  expect((await featureMap(features, 8, { seed: 7 })).umap).toEqual(umap);
});

test('a handful of points, and points that are all the same, give finite places', async () => {
  for (const features of [Float32Array.of(1, 2), Float32Array.of(1, 2, 3, 4, 5, 6), new Float32Array(60)]) {
    const { pca, umap, explained } = await featureMap(features, 2, { seed: 1 });
    expect([...pca, ...umap, ...explained].every(Number.isFinite)).toBe(true);
  }
});

test('a caller can end it between two rounds', async () => {
  const between = () => Promise.reject(new Error('enough'));
  await expect(featureMap(groups(3, 20), 8, { seed: 1, between })).rejects.toThrow('enough');
});
