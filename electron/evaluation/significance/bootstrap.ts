import { seededRandom } from '../../../shared/random.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

export interface BootstrapOptions {
  resamples?: number;
  seed?: number;
  confidence?: number;
}

export const RESAMPLES = 2000;

/** One resample as weights: how often each of the n items was drawn. */
export type ResampleWeights = Uint16Array;

/**
 * Percentile intervals (Efron & Tibshirani 1993) of several statistics at once. Items are drawn with
 * replacement within each stratum (for a classifier: each true class, so that no class vanishes from a macro
 * average). `strata` gives each item's stratum, `[n]`; `statistics` maps a resample to values, where null or a
 * non-finite value drops that resample for that statistic. Null where nothing could be computed.
 */
export function bootstrapIntervals<Name extends string>(
  strata: ArrayLike<number>,
  statistics: (weights: ResampleWeights) => Record<Name, number | null>,
  options: BootstrapOptions = {},
): Record<Name, Interval | null> {
  return finished(bootstrapSteps(strata, statistics, options));
}

/** Long work in small steps: each yields the share done, so that whoever runs it can do something else between. */
export type Steps<T> = Generator<number, T, void>;

/** Runs the steps one after the other and returns what they come to. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** `bootstrapIntervals`, one resample a step. */
export function* bootstrapSteps<Name extends string>(
  strata: ArrayLike<number>,
  statistics: (weights: ResampleWeights) => Record<Name, number | null>,
  { resamples = RESAMPLES, seed = 1, confidence = CONFIDENCE }: BootstrapOptions = {},
): Steps<Record<Name, Interval | null>> {
  const draw = resampler(strata, seededRandom(seed));
  const drawn: Record<Name, number | null>[] = [];
  for (let i = 0; i < resamples; i++) {
    drawn.push(statistics(draw()));
    yield (i + 1) / resamples;
  }
  const names = Object.keys(drawn[0] ?? {}) as Name[];
  const intervals = names.map((name) => [
    name,
    percentileInterval(
      drawn.map((values) => values[name]),
      confidence,
    ),
  ]);
  return Object.fromEntries(intervals) as Record<Name, Interval | null>;
}

/** Returns a function that draws the next resample; the returned array is reused between calls. */
export function resampler(strata: ArrayLike<number>, random: () => number): () => ResampleWeights {
  const members = new Map<number, number[]>();
  for (let item = 0; item < strata.length; item++) {
    const group = members.get(strata[item]!);
    if (group) group.push(item);
    else members.set(strata[item]!, [item]);
  }
  const weights = new Uint16Array(strata.length);
  return () => {
    weights.fill(0);
    for (const group of members.values()) {
      for (let i = 0; i < group.length; i++) weights[group[Math.floor(random() * group.length)]!]! += 1;
    }
    return weights;
  };
}

/** The central `confidence` of the values, with linear interpolation between order statistics. */
export function percentileInterval(values: (number | null)[], confidence = CONFIDENCE): Interval | null {
  const sorted = Float64Array.from(
    values.filter((value) => value !== null && Number.isFinite(value)) as number[],
  ).sort();
  if (sorted.length === 0) return null;
  return [quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2)];
}

/** Quantile of sorted values by linear interpolation (type 7 of Hyndman & Fan 1996, as numpy's default). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const next = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[next]! - sorted[below]!);
}

/** Mean difference b - a of per-item values on the same items, with its paired bootstrap interval. */
export interface PairedDifference {
  difference: number;
  interval: Interval;
}

/** Paired bootstrap of a per-item value (correct 0/1, log loss). Null without items; throws on different lengths. */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: BootstrapOptions = {},
): PairedDifference | null {
  if (a.length !== b.length)
    throw new RangeError(`paired values need the same items, received ${a.length} and ${b.length}`);
  const n = a.length;
  if (n === 0) return null;
  const gain = Float64Array.from(a, (value, i) => b[i]! - value);
  const mean = (weights: ResampleWeights) => ({
    gain: gain.reduce((sum, value, i) => sum + value * weights[i]!, 0) / n,
  });
  const { gain: interval } = bootstrapIntervals(new Uint8Array(n), mean, options);
  return { difference: gain.reduce((sum, value) => sum + value, 0) / n, interval: interval! };
}
