import { labelledItems, type Predictions } from './predictions.ts';

/**
 * Log loss of every item, natural logarithm; NaN for items without a label.
 * scikit-learn's rule: every probability is clipped to [eps, 1 - eps], with eps the machine epsilon of
 * the stored type, and the row is normalised again.
 */
export function itemLogLosses({ classes, y, p }: Predictions): Float64Array {
  const width = classes.length;
  const epsilon = p instanceof Float32Array ? 2 ** -23 : Number.EPSILON;
  const clip = (value: number) => Math.min(1 - epsilon, Math.max(epsilon, value));
  const losses = new Float64Array(y.length).fill(NaN);
  for (let item = 0; item < y.length; item++) {
    if (y[item]! < 0) continue;
    let total = 0;
    for (let cls = 0; cls < width; cls++) total += clip(p[item * width + cls]!);
    losses[item] = Math.log(total) - Math.log(clip(p[item * width + y[item]!]!));
  }
  return losses;
}

/** Mean log loss of the labelled items; null without any. */
export function logLoss(predictions: Predictions): number | null {
  const losses = itemLogLosses(predictions);
  return mean([...labelledItems(predictions)].map((item) => losses[item]!));
}

/** Brier score of one class against the rest: mean squared difference of probability and truth, in [0, 1]. */
export function brierScore({ classes, y, p }: Predictions, cls: number): number | null {
  const errors: number[] = [];
  for (let item = 0; item < y.length; item++) {
    if (y[item]! >= 0) errors.push((p[item * classes.length + cls]! - (y[item] === cls ? 1 : 0)) ** 2);
  }
  return mean(errors);
}

/**
 * Brier's (1950) score over all classes: the squared differences summed over the classes, in [0, 2].
 * With two classes it is twice the one-against-the-rest score.
 */
export function multiclassBrierScore(predictions: Predictions): number | null {
  const scores = predictions.classes.map((_, cls) => brierScore(predictions, cls));
  return scores.reduce<number | null>(
    (sum, score) => (sum === null || score === null ? null : sum + score),
    0,
  );
}

/**
 * How many labelled items have their true class among the `k` most probable.
 * Equal probabilities rank by class order, so that k = 1 counts exactly what accuracy counts.
 */
export function topKCorrect(predictions: Predictions, k: number): number {
  return labelledItems(predictions).reduce(
    (count, item) => count + (trueClassRank(predictions, item) < k ? 1 : 0),
    0,
  );
}

/** Number of classes ranked before the true class of `item`: 0 when the prediction is correct. */
export function trueClassRank({ classes, y, p }: Predictions, item: number): number {
  const start = item * classes.length;
  const truth = y[item]!;
  const score = p[start + truth]!;
  let before = 0;
  for (let cls = 0; cls < classes.length; cls++) {
    if (p[start + cls]! > score || (p[start + cls] === score && cls < truth)) before++;
  }
  return before;
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
