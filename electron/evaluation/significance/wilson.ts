import { normalQuantile } from './distributions.ts';

/** A confidence interval, low then high. */
export type Interval = [low: number, high: number];

/** The confidence every interval has unless it says otherwise. */
export const CONFIDENCE = 0.95;

/** The normal quantile of a two-sided interval: 1.96 for 0.95. */
export function twoSidedQuantile(confidence: number): number {
  return normalQuantile((1 + confidence) / 2);
}

/**
 * Wilson's (1927) score interval for `successes` of `trials`: honest near 0 and 1 and for small samples.
 * Throws `RangeError` without trials.
 */
export function wilsonInterval(successes: number, trials: number, confidence = CONFIDENCE): Interval {
  if (!(trials > 0)) throw new RangeError(`a proportion needs trials, received ${trials}`);
  const z = twoSidedQuantile(confidence);
  const share = successes / trials;
  const centre = share + z ** 2 / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  // The ends are exact there; rounding would miss them by 1e-17.
  return [
    successes === 0 ? 0 : (centre - spread) / scale,
    successes === trials ? 1 : (centre + spread) / scale,
  ];
}

/** A share of items with its count and its Wilson interval. */
export interface Proportion {
  value: number;
  count: number;
  total: number;
  interval: Interval;
}

/** `count` of `total` as a proportion; null when there is nothing to count. */
export function proportion(count: number, total: number, confidence = CONFIDENCE): Proportion | null {
  if (total === 0) return null;
  return { value: count / total, count, total, interval: wilsonInterval(count, total, confidence) };
}
