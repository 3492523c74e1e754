import type { Project, Split } from '../../../shared/contract/index.ts';
import type { FindingKind } from '../../../shared/findings.ts';
import { classProblems } from '../../evaluation/dataset/class-counts.ts';
import type { FindingItem, StoredFinding } from '../../store/queries/items/checks.ts';
import type { Store } from '../../store/store.ts';

/**
 * Everything that is wrong with the data now: what the last check found and still holds, and what shows without a
 * check (notes on files, counts of classes). Undoing an edit brings back what the edit had mended.
 */
export function findingsNow(store: Store, project: Project): StoredFinding[] {
  const kept = new Set(store.checks.kept().map(({ kind, key }) => `${kind} ${key}`));
  const withKept = (finding: Omit<StoredFinding, 'kept'>): StoredFinding => ({
    ...finding,
    kept: kept.has(`${finding.kind} ${finding.key}`),
  });
  return [
    ...store.checks.findings().filter(stillHolds),
    ...noted(store).map(withKept),
    ...aboutClasses(project).map(withKept),
  ];
}

/** Whether what was found is still so, after labels were changed and items left out. */
export function stillHolds({ kind, items }: Pick<StoredFinding, 'kind' | 'items'>): boolean {
  const left = items.filter(({ excluded }) => !excluded);
  switch (kind) {
    case 'conflict':
      return new Set(left.flatMap(({ classId }) => classId ?? [])).size > 1;
    case 'leak':
      return new Set(left.flatMap(({ split }) => split ?? [])).size > 1;
    case 'duplicate':
    case 'near-duplicate':
      return left.length > 1;
    case 'label-error':
      return left.some(({ classId, classBefore }) => classId === classBefore);
    default:
      return left.length > 0;
  }
}

function noted(store: Store): Omit<StoredFinding, 'kept'>[] {
  return store.checks
    .reasons()
    .filter(({ excluded }) => excluded === 0)
    .map(({ kind, id, classId, split, format }) => ({
      kind,
      key: String(id),
      score: null,
      suggestedClass: null,
      params: { format },
      items: [{ id, classBefore: classId, classId, split, excluded: false }],
    }));
}

function aboutClasses({ splitTable }: Project): Omit<StoredFinding, 'kept'>[] {
  return classProblems(splitTable).map((problem): Omit<StoredFinding, 'kept'> => {
    const { kind, classId } = problem;
    const about = { kind, score: null, suggestedClass: null, items: [] };
    if (kind === 'class-missing') {
      return { ...about, key: `${classId} ${problem.split}`, params: { classId, splits: problem.split } };
    }
    const counts = { classId, n: problem.count };
    if (kind === 'class-few')
      return { ...about, key: String(classId), params: { ...counts, wanted: problem.wanted } };
    return { ...about, key: String(classId), params: { ...counts, times: Math.round(problem.times) } };
  });
}

/** Which split, and so which copy, stays: the test picture, that the training should not know; then the largest; then the first. */
const precedence: readonly (Split | null)[] = ['test', 'validation', 'train', null];

/** The split that copies of one picture can be in together; null when it is not splits that are wrong. */
export function togetherIn(kind: FindingKind, items: readonly FindingItem[]): Split | null {
  if (kind !== 'leak') return null;
  const taken = new Set(items.filter(({ excluded }) => !excluded).map(({ split }) => split));
  return precedence.find((split) => taken.has(split)) ?? null;
}

/**
 * The items to leave out so that the finding is gone: of copies all but one; of copies with different labels all,
 * since nobody knows the right one; nothing where leaving out would not help.
 */
export function leaveOut(
  kind: FindingKind,
  items: readonly FindingItem[],
  pixelsOf: (id: number) => number,
): number[] {
  const left = items.filter(({ excluded }) => !excluded);
  if (kind.startsWith('shift-') || kind.startsWith('class-')) return [];
  if (kind !== 'leak' && kind !== 'duplicate' && kind !== 'near-duplicate') return left.map(({ id }) => id);
  const [, ...others] = left.sort(
    (a, b) =>
      precedence.indexOf(a.split) - precedence.indexOf(b.split) ||
      pixelsOf(b.id) - pixelsOf(a.id) ||
      a.id - b.id,
  );
  return others.map(({ id }) => id);
}
