import type { Split } from '../../../shared/contract/projects.ts';

/** Below this many training items a class is learned badly and judged uncertainly. */
export const FEW_ITEMS = 10;
/** The largest class being this many times a class is worth a word. */
export const IMBALANCE = 5;

export type ClassCounts = Record<Split, number> & { classId: number };

export type ClassProblem =
  | { kind: 'class-few'; classId: number; count: number; wanted: number }
  | { kind: 'class-missing'; classId: number; split: Split }
  | { kind: 'class-imbalance'; classId: number; count: number; largest: number; times: number };

/**
 * What is wrong with how many items the classes have: none in a split that others are in, too few to train on, or
 * many times fewer than the largest class. A class without any items is not looked at.
 */
export function classProblems(table: readonly ClassCounts[]): ClassProblem[] {
  const classes = table.filter(({ train, validation, test }) => train + validation + test > 0);
  const used = (['train', 'validation', 'test'] as const).filter((split) =>
    classes.some((row) => row[split] > 0),
  );
  const largest = Math.max(0, ...classes.map(({ train }) => train));
  return classes.flatMap((row): ClassProblem[] => {
    const { classId, train: count } = row;
    const problems: ClassProblem[] = used
      .filter((split) => row[split] === 0)
      .map((split) => ({ kind: 'class-missing', classId, split }));
    if (count === 0) return problems;
    if (count < FEW_ITEMS) problems.push({ kind: 'class-few', classId, count, wanted: FEW_ITEMS });
    const times = largest / count;
    if (times >= IMBALANCE) problems.push({ kind: 'class-imbalance', classId, count, largest, times });
    return problems;
  });
}
