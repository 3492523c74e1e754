import type { Run } from '../../../shared/contract/index.ts';
import { mainSummary } from '../../stores/runs.ts';

export type ColumnId =
  | 'number'
  | 'name'
  | 'status'
  | 'kind'
  | 'backbone'
  | 'accuracy'
  | 'macroF1'
  | 'rocAuc'
  | 'epochs'
  | 'seconds'
  | 'created';

export interface Sorting {
  column: ColumnId;
  ascending: boolean;
}

export const totalSeconds = (run: Run): number =>
  run.seconds.decode + run.seconds.features + run.seconds.train + run.seconds.evaluate;

/** A short name of what was carried over, or null for nothing. */
export function backboneId(run: Run): string | null {
  const source = run.recipe.backbone;
  if (source === null) return null;
  return source.from === 'run' ? `run:${source.run}` : source.arch;
}

/** What a column is sorted by; null (not known yet) comes last either way. */
export function sortValue(run: Run, column: ColumnId): string | number | null {
  const summary = mainSummary(run);
  switch (column) {
    case 'number':
      return run.number;
    case 'name':
      return run.name;
    case 'status':
      return run.status;
    case 'kind':
      return run.recipe.kind;
    case 'backbone':
      return backboneId(run);
    case 'accuracy':
      return summary?.accuracy ?? null;
    case 'macroF1':
      return summary?.macroF1 ?? null;
    case 'rocAuc':
      return summary?.rocAuc ?? null;
    case 'epochs':
      return run.epochs;
    case 'seconds':
      return totalSeconds(run);
    case 'created':
      return run.createdAt;
  }
}

export function sortedRuns(runs: readonly Run[], sorting: Sorting): Run[] {
  const sign = sorting.ascending ? 1 : -1;
  const collator = new Intl.Collator(undefined, { numeric: true });
  return [...runs].sort((one, other) => {
    const [a, b] = [sortValue(one, sorting.column), sortValue(other, sorting.column)];
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
    return collator.compare(String(a), String(b)) * sign;
  });
}
