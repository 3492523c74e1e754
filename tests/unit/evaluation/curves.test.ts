import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  precisionRecallCurve,
  thinPrecisionRecall,
} from '../../../electron/evaluation/precision-recall.ts';
import type { BinaryScores } from '../../../electron/evaluation/predictions.ts';
import { meanRoc, rocArea, rocCurve, thinRoc, type RocCurve } from '../../../electron/evaluation/roc.ts';
import { thresholdCounts } from '../../../electron/evaluation/thresholds.ts';
import { arbitraryScores } from './arbitrary.ts';
import { expectClose } from './reference.ts';

/** Many scores of two overlapping groups, all distinct: more points than any chart needs. */
function manyScores(n: number): BinaryScores {
  const golden = (Math.sqrt(5) - 1) / 2;
  const spread = (i: number) => (i * golden) % 1;
  return {
    positive: Float64Array.from({ length: n }, (_, i) => Math.sqrt(spread(i + 1))),
    negative: Float64Array.from({ length: n }, (_, i) => spread(i + n + 1) ** 2),
  };
}

/** The largest distance of a curve's points from the drawn line of another. */
function largestGap(x: number[], y: number[], drawnX: number[], drawnY: number[]): number {
  return x.reduce((gap, px, i) => Math.max(gap, distanceToLine(px, y[i]!, drawnX, drawnY)), 0);
}

function distanceToLine(px: number, py: number, x: number[], y: number[]): number {
  let nearest = Infinity;
  for (let i = 1; i < x.length; i++) {
    const [dx, dy] = [x[i]! - x[i - 1]!, y[i]! - y[i - 1]!];
    const along = ((px - x[i - 1]!) * dx + (py - y[i - 1]!) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    nearest = Math.min(nearest, Math.hypot(px - x[i - 1]! - t * dx, py - y[i - 1]! - t * dy));
  }
  return nearest;
}

describe('ROC curve', () => {
  it('counts pairs, ties one half', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        let wins = 0;
        for (const up of scores.positive)
          for (const down of scores.negative) wins += up > down ? 1 : up === down ? 0.5 : 0;
        expectClose(
          rocArea(thresholdCounts(scores)),
          wins / scores.positive.length / scores.negative.length,
          'auc',
          1e-12,
        );
      }),
    );
  });

  it('does not change under a growing transform, and mirrors when the sides are swapped', () => {
    fc.assert(
      fc.property(arbitraryScores, ({ positive, negative }) => {
        const area = rocArea(thresholdCounts({ positive, negative }))!;
        const stretched = {
          positive: positive.map((s) => Math.exp(3 * s)),
          negative: negative.map((s) => Math.exp(3 * s)),
        };
        expect(rocArea(thresholdCounts(stretched))).toBe(area);
        expectClose(
          rocArea(thresholdCounts({ positive: negative, negative: positive })),
          1 - area,
          'mirrored',
          1e-12,
        );
      }),
    );
  });

  it('runs from (0, 0) to (1, 1), never down, with falling thresholds', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { fpr, tpr, threshold } = rocCurve(thresholdCounts(scores))!;
        expect([fpr[0], tpr[0], fpr.at(-1), tpr.at(-1)]).toEqual([0, 0, 1, 1]);
        for (let i = 1; i < fpr.length; i++) {
          expect(fpr[i]! >= fpr[i - 1]! && tpr[i]! >= tpr[i - 1]! && threshold[i]! < threshold[i - 1]!).toBe(
            true,
          );
        }
      }),
    );
  });

  it('is undefined without positives or without negatives', () => {
    for (const [positive, negative] of [
      [[], [0.5]],
      [[0.5], []],
    ]) {
      const counts = thresholdCounts({
        positive: Float64Array.from(positive!),
        negative: Float64Array.from(negative!),
      });
      expect(rocArea(counts)).toBeNull();
      expect(rocCurve(counts)).toBeNull();
    }
  });

  it('thinned to 500 points of 20,000 draws the same picture', () => {
    const curve = rocCurve(thresholdCounts(manyScores(10_000)))!;
    const thin = thinRoc(curve, 500);
    expect(curve.fpr.length).toBe(20_001);
    expect(thin.fpr.length).toBeLessThanOrEqual(500);
    expect([thin.fpr.at(-1), thin.tpr.at(-1)]).toEqual([1, 1]);
    expect(largestGap(curve.fpr, curve.tpr, thin.fpr, thin.tpr)).toBeLessThan(0.004);
  });

  it('averages curves vertically', () => {
    const perfect: RocCurve = { fpr: [0, 0, 1], tpr: [0, 1, 1], threshold: [2, 1, 0] };
    const chance: RocCurve = { fpr: [0, 1], tpr: [0, 1], threshold: [2, 0] };
    expect(meanRoc([perfect, chance], 4)).toEqual({ fpr: [0, 0, 0.5, 1], tpr: [0, 0.5, 0.75, 1] });
    expect(meanRoc([], 4)).toBeNull();
  });
});

describe('precision-recall curve', () => {
  const scores = { positive: Float64Array.from([0.8, 0.35]), negative: Float64Array.from([0.4, 0.1]) };

  it('gives the values worked out by hand', () => {
    const counts = thresholdCounts(scores);
    expectClose(averagePrecision(counts), 0.5 + 0.5 * (2 / 3), 'average precision', 1e-12);
    expect(precisionRecallCurve(counts)).toEqual({
      recall: [0, 0.5, 0.5, 1, 1],
      precision: [1, 1, 0.5, 2 / 3, 0.5],
      threshold: [1.8, 0.8, 0.4, 0.35, 0.1],
    });
  });

  it('is undefined without positives', () => {
    const counts = thresholdCounts({ positive: new Float64Array(0), negative: Float64Array.from([0.4]) });
    expect(averagePrecision(counts)).toBeNull();
    expect(precisionRecallCurve(counts)).toBeNull();
  });

  it('thinned to 500 points keeps its ends and its shape', () => {
    const curve = precisionRecallCurve(thresholdCounts(manyScores(10_000)))!;
    const thin = thinPrecisionRecall(curve, 500);
    expect(thin.recall.length).toBeLessThanOrEqual(500);
    expect([thin.recall[0], thin.precision[0], thin.recall.at(-1)]).toEqual([0, 1, 1]);
    expect(largestGap(curve.recall, curve.precision, thin.recall, thin.precision)).toBeLessThan(0.008);
  });
});
