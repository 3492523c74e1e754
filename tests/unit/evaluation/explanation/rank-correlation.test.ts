import { expect, test } from 'vitest';
import { rankCorrelation } from '../../../../electron/evaluation/explanation/rank-correlation.ts';

test('agrees with scipy.stats.spearmanr', () => {
  // The example of its documentation, and one with ties worked out by hand from Pearson's formula over mean ranks.
  expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
  expect(rankCorrelation([0, 0, 1, 2], [3, 1, 2, 4])).toBeCloseTo(
    2 / Math.sqrt(4.5 * 5) + 1 / Math.sqrt(4.5 * 5),
    12,
  );
});

test('a constant list says nothing', () => {
  expect(rankCorrelation([2, 2, 2], [1, 2, 3])).toBe(0);
  expect(rankCorrelation([], [])).toBe(0);
});
