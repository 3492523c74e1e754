import type { BinaryScores } from '../predictions.ts';
import { normalTwoSided } from './distributions.ts';
import { CONFIDENCE, twoSidedQuantile, wilsonInterval, type Interval } from './wilson.ts';

/** An area under the ROC curve with DeLong's variance and interval. */
export interface AreaEstimate {
  auc: number;
  variance: number;
  interval: Interval;
}

/** DeLong's comparison of two scores on the same items; `difference` is b - a. */
export interface AreaComparison {
  a: AreaEstimate;
  b: AreaEstimate;
  difference: number;
  interval: Interval;
  z: number;
  p: number;
}

/**
 * Structural components (DeLong, DeLong & Clarke-Pearson 1988): for each positive the share of negatives it
 * beats, for each negative the share of positives that beat it; ties one half. By binary search in the other
 * side's sorted scores, O(n log n) like Sun & Xu (2014).
 */
interface Components {
  auc: number;
  ofPositives: Float64Array;
  ofNegatives: Float64Array;
}

/** AUC with DeLong's variance; null when a side is empty. With one item on a side its variance counts as 0. */
export function delongArea(scores: BinaryScores, confidence = CONFIDENCE): AreaEstimate | null {
  const components = structuralComponents(scores);
  return components && areaEstimate(components, confidence);
}

/**
 * Tests whether two scores of the same items have different areas. Both must list the same positives and the
 * same negatives in the same order; throws `RangeError` on different counts. Null when a side is empty, and
 * when the areas differ but show no variance (two degenerate rankings), where DeLong cannot judge.
 */
export function delongTest(a: BinaryScores, b: BinaryScores, confidence = CONFIDENCE): AreaComparison | null {
  if (a.positive.length !== b.positive.length || a.negative.length !== b.negative.length) {
    throw new RangeError('paired areas need the same items on both sides');
  }
  const [ca, cb] = [structuralComponents(a), structuralComponents(b)];
  if (!ca || !cb) return null;
  const [estimateA, estimateB] = [areaEstimate(ca, confidence), areaEstimate(cb, confidence)];
  const variance = estimateA.variance + estimateB.variance - 2 * areaCovariance(ca, cb);
  // Scores that rank alike leave only rounding here.
  const error = Math.sqrt(Math.max(0, variance));
  const difference = cb.auc - ca.auc;
  if (error === 0 && difference !== 0) return null;
  const z = difference === 0 ? 0 : difference / error;
  const spread = twoSidedQuantile(confidence) * error;
  return {
    a: estimateA,
    b: estimateB,
    difference,
    interval: [difference - spread, difference + spread],
    z,
    p: normalTwoSided(z),
  };
}

function areaEstimate(components: Components, confidence: number): AreaEstimate {
  const { auc } = components;
  const variance = areaCovariance(components, components);
  return { auc, variance, interval: areaInterval(components, variance, confidence) };
}

/**
 * DeLong's interval on the logit scale (Qin & Hotilovac 2008), which stays inside (0, 1) and is closer to its
 * promise near 1. Where the variance is 0, as for a perfect ranking, that would claim certainty; Wilson's
 * interval of the smaller side is given instead, on purpose too wide rather than too narrow.
 */
function areaInterval(
  { auc, ofPositives, ofNegatives }: Components,
  variance: number,
  confidence: number,
): Interval {
  if (variance === 0 || auc === 0 || auc === 1) {
    const smaller = Math.min(ofPositives.length, ofNegatives.length);
    return wilsonInterval(auc * smaller, smaller, confidence);
  }
  const centre = Math.log(auc / (1 - auc));
  const spread = (twoSidedQuantile(confidence) * Math.sqrt(variance)) / (auc * (1 - auc));
  const back = (logit: number) => 1 / (1 + Math.exp(-logit));
  return [back(centre - spread), back(centre + spread)];
}

function structuralComponents({ positive, negative }: BinaryScores): Components | null {
  if (positive.length === 0 || negative.length === 0) return null;
  const sortedPositive = positive.slice().sort();
  const sortedNegative = negative.slice().sort();
  const ofPositives = positive.map((score) => shareBelow(sortedNegative, score));
  const ofNegatives = negative.map((score) => 1 - shareBelow(sortedPositive, score));
  return { auc: mean(ofPositives), ofPositives, ofNegatives };
}

function areaCovariance(a: Components, b: Components): number {
  return (
    covariance(a.ofPositives, a.auc, b.ofPositives, b.auc) / a.ofPositives.length +
    covariance(a.ofNegatives, a.auc, b.ofNegatives, b.auc) / a.ofNegatives.length
  );
}

function covariance(a: Float64Array, meanA: number, b: Float64Array, meanB: number): number {
  if (a.length < 2) return 0;
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / (a.length - 1);
}

/** Share of sorted values below `score`, equal ones counted one half. */
function shareBelow(sorted: Float64Array, score: number): number {
  return (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / (2 * sorted.length);
}

function countBelow(sorted: Float64Array, score: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < score || (orEqual && sorted[middle] === score)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
