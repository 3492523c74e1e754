import { labelledItems, predictedClasses, type Predictions } from '../predictions.ts';
import {
  bootstrapSteps,
  finished,
  type BootstrapOptions,
  type ResampleWeights,
  type Steps,
} from '../significance/bootstrap.ts';
import { wilsonInterval, type Interval } from '../significance/wilson.ts';

/** Bins of a reliability diagram (Guo et al. 2017 use 15). */
export const RELIABILITY_BINS = 15;

/** Claims and outcomes: `confidence[i]` is what the model claimed in [0, 1], `correct[i]` 1 where it was right. */
export interface Claims {
  confidence: Float64Array;
  correct: Uint8Array;
}

export interface ReliabilityBin {
  /** The bin holds confidences in (low, high]; the first one also 0. */
  low: number;
  high: number;
  count: number;
  /** Mean confidence and share correct, with its Wilson interval; null in an empty bin. */
  confidence: number | null;
  accuracy: number | null;
  interval: Interval | null;
}

export interface Reliability {
  bins: ReliabilityBin[];
  /**
   * Expected calibration error (Naeini et al. 2015): the gaps between confidence and accuracy, weighted by
   * count. It is never negative, so noise alone makes it positive in small samples. Null without items.
   */
  ece: number | null;
  /** The largest gap of a bin. */
  mce: number | null;
  /** Mean confidence minus accuracy: above 0 the model is overconfident. */
  overconfidence: number | null;
}

/** What the model claimed about its top answers, for the labelled items. */
export function topClaims(predictions: Predictions): Claims {
  const { classes, y, p } = predictions;
  const items = labelledItems(predictions);
  const predicted = predictedClasses(predictions);
  return {
    confidence: Float64Array.from(items, (item) => p[item * classes.length + predicted[item]!]!),
    correct: Uint8Array.from(items, (item) => Number(predicted[item] === y[item])),
  };
}

/** What the model claimed about one class, of every labelled item. */
export function classClaims(predictions: Predictions, cls: number): Claims {
  const { classes, y, p } = predictions;
  const items = labelledItems(predictions);
  return {
    confidence: Float64Array.from(items, (item) => p[item * classes.length + cls]!),
    correct: Uint8Array.from(items, (item) => Number(y[item] === cls)),
  };
}

/** The reliability diagram of some claims, in `bins` bins of equal width. */
export function reliability(claims: Claims, bins = RELIABILITY_BINS): Reliability {
  const sums = binSums(claims, bins);
  const total = claims.confidence.length;
  const gaps = sums.map(({ count, confidence, correct }) =>
    count > 0 ? Math.abs(confidence - correct) / count : 0,
  );
  const overall = sums.reduce((sum, bin) => sum + bin.confidence - bin.correct, 0);
  return {
    bins: sums.map((sum, index) => describedBin(sum, index, bins)),
    ece: total > 0 ? gaps.reduce((sum, gap, i) => sum + gap * sums[i]!.count, 0) / total : null,
    mce: total > 0 ? Math.max(...gaps) : null,
    overconfidence: total > 0 ? overall / total : null,
  };
}

/** Percentile bootstrap interval of the expected calibration error; null without items. */
export function calibrationErrorInterval(
  claims: Claims,
  options: BootstrapOptions = {},
  bins = RELIABILITY_BINS,
): Interval | null {
  return finished(calibrationErrorSteps(claims, options, bins));
}

/** `calibrationErrorInterval`, one resample a step. */
export function* calibrationErrorSteps(
  claims: Claims,
  options: BootstrapOptions = {},
  bins = RELIABILITY_BINS,
): Steps<Interval | null> {
  const total = claims.confidence.length;
  const statistic = (weights: ResampleWeights) => {
    const gaps = binSums(claims, bins, weights).map(({ confidence, correct }) =>
      Math.abs(confidence - correct),
    );
    return { ece: total > 0 ? gaps.reduce((sum, gap) => sum + gap, 0) / total : null };
  };
  return (yield* bootstrapSteps(new Uint8Array(total), statistic, options)).ece;
}

interface BinSum {
  count: number;
  confidence: number;
  correct: number;
}

function binSums({ confidence, correct }: Claims, bins: number, weights?: ResampleWeights): BinSum[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  confidence.forEach((value, i) => {
    const weight = weights ? weights[i]! : 1;
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.ceil(value * bins) - 1))]!;
    sum.count += weight;
    sum.confidence += weight * value;
    sum.correct += weight * correct[i]!;
  });
  return sums;
}

function describedBin({ count, confidence, correct }: BinSum, index: number, bins: number): ReliabilityBin {
  const range = { low: index / bins, high: (index + 1) / bins, count };
  if (count === 0) return { ...range, confidence: null, accuracy: null, interval: null };
  return {
    ...range,
    confidence: confidence / count,
    accuracy: correct / count,
    interval: wilsonInterval(correct, count),
  };
}
