import { normalTwoSided } from '../significance/distributions.ts';

/**
 * Vargha & Delaney (2000), "A critique and improvement of the CL common language effect size statistics": the
 * probability that a random value of one group is above one of the other; from 0.71 on (or 0.29 down) it is large.
 */
export const LARGE_EFFECT = 0.71;
/** A shift seen by luck in one of this many comparisons, at most (Bonferroni over all comparisons of a check). */
const LUCK = 0.01;
/** Fewer values in a group say nothing about it. */
const FEWEST = 10;

/** A measure of every item, e.g. its brightness, and the group each item is in (-1: in none). */
export interface GroupedMeasure {
  values: ArrayLike<number>;
  groups: ArrayLike<number>;
  groupCount: number;
}

/** How a group's values lie against those of all other groups together. */
export interface GroupShift {
  group: number;
  /** Probability that a random value of the group is above a random one of the rest; ties count half. */
  above: number;
  /** Two-sided p of the Mann-Whitney test, normal approximation with ties. */
  p: number;
}

/** Every group with enough values against the rest. Values that are no numbers are left out. */
export function groupShifts({ values, groups, groupCount }: GroupedMeasure): GroupShift[] {
  const order: number[] = [];
  for (let at = 0; at < values.length; at++)
    if (groups[at]! >= 0 && Number.isFinite(values[at]!)) order.push(at);
  order.sort((a, b) => values[a]! - values[b]!);
  const { ranks, tieTerm } = midranks(order.map((at) => values[at]!));
  const sums = new Float64Array(groupCount);
  const counts = new Float64Array(groupCount);
  order.forEach((at, place) => {
    sums[groups[at]!]! += ranks[place]!;
    counts[groups[at]!]!++;
  });
  return [...counts.keys()]
    .filter((group) => counts[group]! >= FEWEST && order.length - counts[group]! >= FEWEST)
    .map((group) => {
      const [n, m] = [counts[group]!, order.length - counts[group]!];
      const u = sums[group]! - (n * (n + 1)) / 2;
      return { group, above: u / (n * m), p: pOf(u, n, m, tieTerm) };
    });
}

/** The shifts that are both large and no luck among `comparisons` looks, the largest first. */
export function notableShifts(shifts: GroupShift[], comparisons: number): GroupShift[] {
  const size = ({ above }: GroupShift) => Math.abs(above - 0.5);
  return shifts
    .filter((shift) => size(shift) >= LARGE_EFFECT - 0.5 && shift.p * comparisons < LUCK)
    .sort((a, b) => size(b) - size(a));
}

/** Ranks of ascending values from 1, equal ones sharing their mean, and the sum of t^3 - t over ties. */
function midranks(sorted: number[]): { ranks: Float64Array; tieTerm: number } {
  const ranks = new Float64Array(sorted.length);
  let tieTerm = 0;
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    ranks.fill((start + 1 + end) / 2, start, end);
    tieTerm += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, tieTerm };
}

function pOf(u: number, n: number, m: number, tieTerm: number): number {
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - tieTerm / (all * (all - 1)));
  if (!(variance > 0)) return 1;
  return normalTwoSided((u - (n * m) / 2) / Math.sqrt(variance));
}
