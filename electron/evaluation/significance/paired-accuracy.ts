import { normalQuantile } from './distributions.ts';
import { CONFIDENCE, twoSidedQuantile, wilsonInterval, type Interval } from './wilson.ts';

/** The four outcomes of two models on the same items. */
export interface PairedCounts {
  bothCorrect: number;
  onlyFirst: number;
  onlySecond: number;
  bothWrong: number;
}

/**
 * Interval of the accuracy difference second - first on the same items: Newcombe's (1998) method 10, which
 * joins two Wilson intervals and their correlation. Unlike the plain normal one it does not collapse when the
 * models rarely disagree. Throws `RangeError` without items.
 */
export function pairedAccuracyInterval(counts: PairedCounts, confidence = CONFIDENCE): Interval {
  const { bothCorrect, onlyFirst, onlySecond } = counts;
  const n = totalOf(counts);
  const first = (bothCorrect + onlyFirst) / n;
  const second = (bothCorrect + onlySecond) / n;
  const [lowFirst, highFirst] = wilsonInterval(bothCorrect + onlyFirst, n, confidence);
  const [lowSecond, highSecond] = wilsonInterval(bothCorrect + onlySecond, n, confidence);
  const correlation = newcombeCorrelation(counts);
  const joined = (a: number, b: number) => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  return [
    second - first - joined(second - lowSecond, highFirst - first),
    second - first + joined(highSecond - second, first - lowFirst),
  ];
}

/** Phi coefficient of the two outcomes, pulled towards 0 by Newcombe's continuity correction when positive. */
function newcombeCorrelation(counts: PairedCounts): number {
  const { bothCorrect: a, onlyFirst: b, onlySecond: c, bothWrong: d } = counts;
  const margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins === 0) return 0;
  const cross = a * d - b * c;
  return (cross > 0 ? Math.max(0, cross - totalOf(counts) / 2) : cross) / Math.sqrt(margins);
}

function totalOf({ bothCorrect, onlyFirst, onlySecond, bothWrong }: PairedCounts): number {
  return bothCorrect + onlyFirst + onlySecond + bothWrong;
}

/**
 * The smallest true accuracy difference that McNemar's test on `n` items finds with probability `power`, when
 * the models disagree on a share `disagreement` of the items (Connor 1987). Null where even a difference as
 * large as the disagreement would be missed.
 */
export function detectableDifference(
  n: number,
  disagreement: number,
  power = 0.8,
  confidence = CONFIDENCE,
): number | null {
  const [zAlpha, zBeta] = [twoSidedQuantile(confidence), normalQuantile(power)];
  const missing = (d: number) =>
    zAlpha * Math.sqrt(disagreement) + zBeta * Math.sqrt(disagreement - d * d) - d * Math.sqrt(n);
  if (n === 0 || disagreement === 0 || missing(disagreement) > 0) return null;
  let [low, high] = [0, disagreement];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (missing(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}
