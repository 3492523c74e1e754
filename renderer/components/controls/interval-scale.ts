/** A stretch of the shares from 0 to 1. */
export interface IntervalScale {
  low: number;
  high: number;
}

/** Shares beyond the outermost ends that a scale shows, so that no interval touches its edge. */
const air = 0.02;

/** The stretch all of `ends` lie in, with a little air: differences are small, 0 to 100 would hide them. */
export function intervalScale(ends: readonly number[]): IntervalScale {
  return { low: Math.max(0, Math.min(...ends) - air), high: Math.min(1, Math.max(...ends) + air) };
}

/** Where a share lies on the scale, as a CSS length; at an end when it lies beyond. */
export function placeOn({ low, high }: IntervalScale, share: number): string {
  return `${Math.min(1, Math.max(0, (share - low) / (high - low))) * 100}%`;
}
