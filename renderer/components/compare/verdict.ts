import type { Comparison, RunPair } from '../../../shared/contract/index.ts';
import { points } from '../../format.ts';

/** A sentence of the locale files with its numbers. */
export interface VerdictWords {
  key: string;
  params: Record<string, string | number>;
}

/** p-values as they are read: three digits, and never "0". */
export function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}

/** What is said about a pair. No winner without evidence: then what could have been found is said instead. */
export function verdictWords({ runs, n }: Pick<Comparison, 'runs' | 'n'>, pair: RunPair): VerdictWords {
  const firstWins = pair.verdict === 'first-better';
  const sign = firstWins ? -1 : 1;
  const [low, high] = firstWins ? [-pair.interval[1], -pair.interval[0]] : pair.interval;
  const better = runs[firstWins ? pair.first : pair.second];
  const other = runs[firstWins ? pair.second : pair.first];
  const params = {
    better: better?.name ?? '',
    other: other?.name ?? '',
    points: points(sign * pair.difference),
    low: points(low),
    high: points(high),
    p: pValue(pair.adjustedP),
    n,
  };
  if (pair.verdict !== 'unproven') return { key: 'compare.better', params };
  if (pair.detectable === null) return { key: 'compare.alike', params };
  return { key: 'compare.unproven', params: { ...params, detectable: (pair.detectable * 100).toFixed(1) } };
}
