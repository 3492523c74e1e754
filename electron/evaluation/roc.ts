import { thinnedIndices, type ThresholdCounts } from './thresholds.ts';

/** Points of a ROC curve from (0, 0) to (1, 1); `threshold[i]` is the score from which on an item counts as positive. */
export interface RocCurve {
  fpr: number[];
  tpr: number[];
  threshold: number[];
}

/** Every point of the ROC curve, one per distinct score; null when there are no positives or no negatives. */
export function rocCurve(counts: ThresholdCounts): RocCurve | null {
  if (counts.positives === 0 || counts.negatives === 0) return null;
  return {
    fpr: Array.from(counts.falsePositives, (count) => count / counts.negatives),
    tpr: Array.from(counts.truePositives, (count) => count / counts.positives),
    threshold: Array.from(counts.threshold),
  };
}

/**
 * Area under the ROC curve by the trapezoid rule over all points, which is the Mann-Whitney statistic with
 * ties counted one half (Hanley & McNeil 1982). Null when there are no positives or no negatives.
 */
export function rocArea({
  truePositives,
  falsePositives,
  positives,
  negatives,
}: ThresholdCounts): number | null {
  if (positives === 0 || negatives === 0) return null;
  let doubled = 0;
  for (let i = 1; i < truePositives.length; i++) {
    doubled += (falsePositives[i]! - falsePositives[i - 1]!) * (truePositives[i]! + truePositives[i - 1]!);
  }
  return doubled / (2 * positives * negatives);
}

/** The same curve with at most `limit` points. */
export function thinRoc(curve: RocCurve, limit: number): RocCurve {
  const kept = thinnedIndices(curve.fpr, curve.tpr, limit);
  const pick = (values: number[]) => kept.map((index) => values[index]!);
  return { fpr: pick(curve.fpr), tpr: pick(curve.tpr), threshold: pick(curve.threshold) };
}

/**
 * The vertical average of several ROC curves (Fawcett 2006) at evenly spaced false-positive rates, `points` in all.
 * A mean curve has no thresholds. It starts at (0, 0) and rises at once to the mean of what each curve
 * reaches without a false positive.
 */
export function meanRoc(curves: RocCurve[], points: number): { fpr: number[]; tpr: number[] } | null {
  if (curves.length === 0) return null;
  const fpr = Array.from({ length: points - 1 }, (_, i) => i / (points - 2));
  const tpr = new Array<number>(points - 1).fill(0);
  for (const curve of curves) {
    let at = 0;
    for (let i = 0; i < fpr.length; i++) {
      while (at + 1 < curve.fpr.length && curve.fpr[at + 1]! <= fpr[i]!) at++;
      tpr[i]! += heightAt(curve, at, fpr[i]!) / curves.length;
    }
  }
  return { fpr: [0, ...fpr], tpr: [0, ...tpr] };
}

/** Linear interpolation right of point `at`, the last one whose rate is not above `fpr`. */
function heightAt(curve: RocCurve, at: number, fpr: number): number {
  const [x0, y0] = [curve.fpr[at]!, curve.tpr[at]!];
  const [x1, y1] = [curve.fpr[at + 1] ?? x0, curve.tpr[at + 1] ?? y0];
  return x1 > x0 ? y0 + ((fpr - x0) / (x1 - x0)) * (y1 - y0) : y0;
}
