import { thinnedIndices, type ThresholdCounts } from './thresholds.ts';

/**
 * Points of a precision-recall curve by growing recall. The first point, above every score, has recall 0 and,
 * by convention, precision 1.
 */
export interface PrecisionRecallCurve {
  recall: number[];
  precision: number[];
  threshold: number[];
}

/** Every point of the curve, one per distinct score; null without positives. */
export function precisionRecallCurve(counts: ThresholdCounts): PrecisionRecallCurve | null {
  if (counts.positives === 0) return null;
  return {
    recall: Array.from(counts.truePositives, (count) => count / counts.positives),
    precision: Array.from(counts.truePositives, (_, i) => precisionAt(counts, i)),
    threshold: Array.from(counts.threshold),
  };
}

/**
 * Average precision: precision weighted by the recall gained at each threshold, without interpolation
 * (scikit-learn's definition; Davis & Goadrich 2006 on why not to interpolate). Null without positives.
 */
export function averagePrecision(counts: ThresholdCounts): number | null {
  const { truePositives, positives } = counts;
  if (positives === 0) return null;
  let area = 0;
  for (let i = 1; i < truePositives.length; i++) {
    area += (truePositives[i]! - truePositives[i - 1]!) * precisionAt(counts, i);
  }
  return area / positives;
}

/** The same curve with at most `limit` points. */
export function thinPrecisionRecall(curve: PrecisionRecallCurve, limit: number): PrecisionRecallCurve {
  const kept = thinnedIndices(curve.recall, curve.precision, limit);
  const pick = (values: number[]) => kept.map((index) => values[index]!);
  return { recall: pick(curve.recall), precision: pick(curve.precision), threshold: pick(curve.threshold) };
}

function precisionAt({ truePositives, falsePositives }: ThresholdCounts, i: number): number {
  const called = truePositives[i]! + falsePositives[i]!;
  return called === 0 ? 1 : truePositives[i]! / called;
}
