import { binomialCdf, chiSquare1Tail } from './distributions.ts';

/** Below this many disagreements the chi-square approximation is too coarse (McNemar's usual rule of 25). */
const EXACT_BELOW = 25;

export interface McNemarResult {
  /** Items only the first model got right, and only the second. */
  onlyFirst: number;
  onlySecond: number;
  /** `exact`: two-sided binomial; `chi-square`: with Edwards' continuity correction. */
  method: 'exact' | 'chi-square';
  p: number;
}

/** McNemar's test (1947) of equal error rates on the same items: exact when few items tell the models apart. */
export function mcnemarTest(onlyFirst: number, onlySecond: number): McNemarResult {
  const exact = onlyFirst + onlySecond < EXACT_BELOW;
  const p = exact
    ? mcnemarExact(onlyFirst, onlySecond)
    : chiSquare1Tail(mcnemarChiSquare(onlyFirst, onlySecond));
  return { onlyFirst, onlySecond, method: exact ? 'exact' : 'chi-square', p };
}

/** Two-sided exact p: twice the smaller binomial tail at one half, at most 1. */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const smaller = Math.min(onlyFirst, onlySecond);
  return Math.min(1, 2 * binomialCdf(smaller, onlyFirst + onlySecond, 0.5));
}

/** McNemar's statistic with Edwards' (1948) continuity correction; 0 where the models never disagree. */
export function mcnemarChiSquare(onlyFirst: number, onlySecond: number): number {
  const disagreements = onlyFirst + onlySecond;
  return disagreements === 0 ? 0 : Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / disagreements;
}
