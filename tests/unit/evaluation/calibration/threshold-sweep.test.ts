import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sweepThresholds } from '../../../../electron/evaluation/calibration/threshold-sweep.ts';
import { arbitraryScores } from '../arbitrary.ts';

const called = (scores: Float64Array, threshold: number) =>
  scores.filter((score) => score >= threshold).length;

test('counts at every threshold are exact, on the scores themselves and on others', () => {
  fc.assert(
    fc.property(arbitraryScores, arbitraryScores, fc.integer({ min: 2, max: 40 }), (own, other, limit) => {
      const swept = sweepThresholds(own, other, 0.25, limit);
      expect(swept.threshold).toContain(0.25);
      expect(swept.threshold.length).toBeLessThanOrEqual(limit + 1);
      expect(swept.threshold).toEqual([...swept.threshold].sort((a, b) => b - a));
      swept.threshold.forEach((threshold, i) => {
        expect(swept.own[i]).toEqual([called(own.positive, threshold), called(own.negative, threshold)]);
        expect(swept.other[i]).toEqual([
          called(other.positive, threshold),
          called(other.negative, threshold),
        ]);
      });
      expect(swept.own[0]).toEqual([0, 0]);
      expect(swept.own.at(-1)).toEqual([own.positive.length, own.negative.length]);
    }),
  );
});
