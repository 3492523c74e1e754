import { studentCdf, studentQuantile } from './distributions.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

/** Mean of one metric over repeats of a recipe, with its spread over seeds. */
export interface RepeatSummary {
  count: number;
  mean: number;
  /** Standard deviation over repeats (n - 1); null for a single repeat, as is the interval of the mean. */
  deviation: number | null;
  interval: Interval | null;
}

/** Mean, spread and Student's interval of repeats. Throws `RangeError` without any. */
export function summarizeRepeats(values: number[], confidence = CONFIDENCE): RepeatSummary {
  if (values.length === 0) throw new RangeError('a summary needs at least one repeat');
  const { mean, variance } = moments(values);
  if (values.length === 1) return { count: 1, mean, deviation: null, interval: null };
  const spread =
    studentQuantile((1 + confidence) / 2, values.length - 1) * Math.sqrt(variance / values.length);
  return {
    count: values.length,
    mean,
    deviation: Math.sqrt(variance),
    interval: [mean - spread, mean + spread],
  };
}

/** Did transfer help? `gain` is transfer - baseline; `negative` when all of the interval is below zero. */
export interface TransferGain {
  gain: number;
  interval: Interval;
  p: number;
  verdict: 'positive' | 'negative' | 'unproven';
}

/**
 * The gain of one recipe over its matched baseline, run with the same seeds: Student's paired t over the
 * seeds' differences. Needs at least two seeds, one value each on both sides; throws `RangeError` otherwise.
 */
export function transferGain(transfer: number[], baseline: number[], confidence = CONFIDENCE): TransferGain {
  if (transfer.length !== baseline.length || transfer.length < 2) {
    throw new RangeError(
      `a paired gain needs the same two or more seeds, received ${transfer.length} and ${baseline.length}`,
    );
  }
  const { mean: gain, variance } = moments(transfer.map((value, i) => value - baseline[i]!));
  const freedom = transfer.length - 1;
  const error = Math.sqrt(variance / transfer.length);
  const spread = studentQuantile((1 + confidence) / 2, freedom) * error;
  const interval: Interval = [gain - spread, gain + spread];
  const p = error === 0 ? Number(gain === 0) : 2 * studentCdf(-Math.abs(gain / error), freedom);
  return { gain, interval, p, verdict: verdictOf(interval) };
}

/** What an interval of a gain says about its sign. */
export function verdictOf([low, high]: Interval): 'positive' | 'negative' | 'unproven' {
  if (low > 0) return 'positive';
  return high < 0 ? 'negative' : 'unproven';
}

function moments(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / Math.max(1, values.length - 1) };
}
