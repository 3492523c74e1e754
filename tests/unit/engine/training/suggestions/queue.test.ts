import { describe, expect, it } from 'vitest';
import { labellingQueue, uncertainties } from '../../../../../electron/engine/training/suggestions/queue.ts';
import { seededRandom } from '../../../../../shared/random.ts';

/** Rows of two classes with these probabilities of the first, and features by row. */
function rows(first: number[], features: (row: number) => number[]) {
  const probabilities = Float32Array.from(first.flatMap((p) => [p, 1 - p]));
  const data = first.map((_, row) => Float32Array.from(features(row)));
  return { probabilities, classes: 2, features: (row: number) => data[row]! };
}

describe('uncertainty', () => {
  it('is 1 less the margin between the two likeliest of any number of classes', () => {
    const p = Float32Array.of(0.5, 0.3, 0.2, 0.1, 0.1, 0.8, 1, 0, 0);
    const expected = [0.8, 0.3, 0];
    uncertainties(p, 3).forEach((value, row) => expect(value).toBeCloseTo(expected[row]!, 6));
  });
});

describe('the labelling queue', () => {
  it('holds every row once, begins with the most uncertain, and keeps sure rows behind all candidates', () => {
    const random = seededRandom(3);
    const first = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 0.3 + 0.4 * random() : 0.97));
    const points = first.map(() => [random(), random(), random()]);
    const queue = labellingQueue(
      rows(first, (row) => points[row]!),
      { candidates: 100, spread: 40 },
    );
    expect([...queue].sort((a, b) => a - b)).toEqual(first.map((_, row) => row));
    const margin = (row: number) => Math.abs(2 * first[row]! - 1);
    expect(margin(queue[0]!)).toBe(Math.min(...first.map((_, row) => margin(row))));
    expect([...queue.subarray(0, 100)].every((row) => row % 4 === 0)).toBe(true);
    // Behind the spread head, the more uncertain comes first.
    const rest = [...queue.subarray(40)].map(margin);
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
  });

  it('puts no near-copies next to each other at its head, where plain uncertainty would', () => {
    const random = seededRandom(7);
    const centres = Array.from({ length: 10 }, () => Array.from({ length: 8 }, () => 4 * random()));
    // Ten groups of ten near-copies; those of a group are as uncertain as each other.
    const points = Array.from({ length: 100 }, (_, row) =>
      centres[Math.floor(row / 10)]!.map((at) => at + 0.001 * random()),
    );
    const first = points.map((_, row) => 0.4 + 0.01 * Math.floor(row / 10));
    const queue = labellingQueue(rows(first, (row) => points[row]!));
    const head = [...queue.subarray(0, 10)].map((row) => Math.floor(row / 10));
    expect(new Set(head).size).toBe(10);
    const plain = first
      .map((_, row) => row)
      .sort((a, b) => Math.abs(first[a]! - 0.5) - Math.abs(first[b]! - 0.5));
    expect(new Set(plain.slice(0, 10).map((row) => Math.floor(row / 10))).size).toBe(1);
  });

  it('is empty for no rows, and copes with copies that are exact', () => {
    expect([...labellingQueue(rows([], () => []))]).toEqual([]);
    const same = labellingQueue(rows([0.5, 0.5, 0.5], () => [1, 2]));
    expect([...same].sort()).toEqual([0, 1, 2]);
  });

  it('takes 100,000 rows of 256 features in a few seconds', () => {
    const random = seededRandom(1);
    const point = Float32Array.from({ length: 256 + 100_000 }, random);
    const probabilities = Float32Array.from({ length: 200_000 }, (_, at) =>
      at % 2 ? 0.5 : 0.5 + point[at % 997]! / 3,
    );
    const began = performance.now();
    const features = (row: number) => point.subarray(row, row + 256);
    expect(labellingQueue({ probabilities, classes: 2, features })).toHaveLength(100_000);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
