/** How far beyond the upper quartile a value is "outside", in interquartile ranges (Tukey 1977, the box plot). */
const OUTSIDE = 1.5;
/** Fewer values say too little about what is usual. */
const FEWEST = 20;

/** The value below which a share of the sorted values lies, interpolated (Hyndman & Fan's type 7, as numpy). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (at - below) * (high - low);
}

/**
 * Tukey's upper inner fence: values above it lie outside the rest. Applied to mean distances to the nearest
 * neighbours (Kuan & Mueller 2022, "Back to the Basics: Revisiting Out-of-Distribution Detection Baselines").
 * Infinite with fewer than 20 values.
 */
export function outsideFence(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length < FEWEST) return Infinity;
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  return high + OUTSIDE * (high - low);
}

/** Positions of values beyond the fence, the farthest first. */
export function outside(values: ArrayLike<number>): number[] {
  const fence = outsideFence(values);
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) if (values[at]! > fence) found.push(at);
  return found.sort((a, b) => values[b]! - values[a]! || a - b);
}
