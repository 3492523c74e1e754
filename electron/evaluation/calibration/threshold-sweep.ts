import type { BinaryScores } from '../predictions.ts';
import { thinnedIndices, thresholdCounts } from '../thresholds.ts';

/** Thresholds with what each does, strictest first. Counts are exact, however few thresholds are given. */
export interface SweptThresholds {
  threshold: number[];
  /** True and false positives on the scores that the thresholds were taken from. */
  own: [number, number][];
  /** The same on other scores, e.g. those of test where the thresholds are validation's. */
  other: [number, number][];
}

const MOST_THRESHOLDS = 1000;

/** At most about a thousand thresholds that draw the same curve as all scores would; `at` adds one. */
export function sweepThresholds(
  own: BinaryScores,
  other: BinaryScores,
  at: number | null = null,
  limit = MOST_THRESHOLDS,
): SweptThresholds {
  const counts = thresholdCounts(own);
  const rate = (values: Float64Array, total: number) => values.map((count) => count / Math.max(1, total));
  const kept = thinnedIndices(
    rate(counts.falsePositives, counts.negatives),
    rate(counts.truePositives, counts.positives),
    limit,
  ).map((index) => counts.threshold[index]!);
  const threshold = [...new Set(at === null ? kept : [...kept, at])].sort((a, b) => b - a);
  return { threshold, own: countsAt(own, threshold), other: countsAt(other, threshold) };
}

function countsAt({ positive, negative }: BinaryScores, thresholds: number[]): [number, number][] {
  const [up, down] = [positive.slice().sort(), negative.slice().sort()];
  return thresholds.map((threshold) => [atLeast(up, threshold), atLeast(down, threshold)]);
}

/** How many of the ascending values are `threshold` or more. */
function atLeast(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}
