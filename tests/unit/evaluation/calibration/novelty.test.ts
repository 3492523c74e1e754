import { describe, expect, it } from 'vitest';
import {
  fitMahalanobisRule,
  fitNeighbourRule,
  noveltyScores,
} from '../../../../electron/evaluation/calibration/novelty.ts';
import { delongArea } from '../../../../electron/evaluation/significance/delong.ts';
import { seededRandom } from '../../../../shared/random.ts';
import type { LabelledFeatures } from '../../../../electron/evaluation/transferability/features.ts';
import { expectAllClose } from '../reference.ts';

/** Two groups of points in eight dimensions, the first two columns apart by `distance`, plus normal noise. */
function groups(rows: number, seed: number, distance = 6): LabelledFeatures {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const y = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const values = Float32Array.from(
    { length: rows * 8 },
    (_, i) => normal() + (i % 8 === y[Math.floor(i / 8)] ? distance : 0),
  );
  return { features: { values, rows, columns: 8 }, y, classes: 2 };
}

const [training, heldOut, test] = [groups(300, 1), groups(400, 2).features, groups(1000, 3).features];
/** Points where neither group is: the groups mirrored through the origin. */
const strange = { ...test, values: Float32Array.from(test.values, (value) => -value) };

describe.each([
  ['neighbours', fitNeighbourRule(training.features, heldOut, 0.9)],
  ['mahalanobis', fitMahalanobisRule(training, heldOut, 0.9)],
] as const)('novelty by %s', (_, rule) => {
  it('still answers the promised share of inputs like those it knows', () => {
    const answered = noveltyScores(rule, test).filter((score) => score <= rule.threshold!).length / test.rows;
    expect(answered).toBeGreaterThan(0.86);
    expect(answered).toBeLessThan(0.94);
  });

  it('sends back inputs from elsewhere', () => {
    const scores = noveltyScores(rule, strange);
    expect(scores.filter((score) => score > rule.threshold!).length / strange.rows).toBeGreaterThan(0.95);
    expect(delongArea({ positive: scores, negative: noveltyScores(rule, test) })!.auc).toBeGreaterThan(0.98);
  });
});

describe('novelty', () => {
  it('by Mahalanobis does not mind a class without training rows', () => {
    const renumbered = { ...training, y: Int32Array.from(training.y, (cls) => 2 * cls), classes: 3 };
    expect(fitMahalanobisRule(renumbered, heldOut)).toEqual(fitMahalanobisRule(training, heldOut));
  });

  it('by neighbours is the cosine distance to the k-th nearest, worked out by hand', () => {
    const bank = { values: [2, 0, 0, 3, 1, 1], rows: 3, columns: 2 };
    const rule = fitNeighbourRule(bank, { values: [1, 0], rows: 1, columns: 2 }, 0.5, 2);
    expectAllClose(
      Array.from(noveltyScores(rule, { values: [5, 0, 1, 1], rows: 2, columns: 2 })),
      [1 - Math.SQRT1_2, 1 - Math.SQRT1_2],
      'distance',
      1e-12,
    );
    expect(rule.threshold).toBeCloseTo(1 - Math.SQRT1_2, 12);
  });

  it('by Mahalanobis is about the number of features, for inputs like those it knows', () => {
    const scores = noveltyScores(fitMahalanobisRule(training, heldOut), test);
    // The mean of chi-square with 8 degrees of freedom; the nearer of two means takes a little off.
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeGreaterThan(7);
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeLessThan(9);
  });

  it('promises nothing from too few held-out items, and names what is missing', () => {
    const few = { values: Array.from(heldOut.values).slice(0, 24), rows: 3, columns: 8 };
    expect(fitNeighbourRule(training.features, few, 0.95).threshold).toBeNull();
    expect(() => fitNeighbourRule(few, heldOut)).toThrow(/received 3/);
    expect(() =>
      fitMahalanobisRule(
        { features: { values: [1, 2, 1, 2], rows: 2, columns: 2 }, y: [0, 0], classes: 1 },
        few,
      ),
    ).toThrow(RangeError);
  });
});
