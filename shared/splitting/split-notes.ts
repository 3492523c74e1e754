import { splits } from '../contract/projects.ts';
import type { Split } from '../contract/projects.ts';
import type { SplitItem, SplitShares } from './split.ts';

/** Why a class could not be split as asked, and how it came out. `classId` null: the items without a label. */
export interface SplitNote {
  /** One group is much of the class; the class has fewer groups than splits; its groups are too large. */
  code: 'one-group' | 'few-groups' | 'large-groups';
  classId: number | null;
  /** The cluster of the largest group of the class, its share of the class, and where it went. */
  cluster: number;
  percent: number;
  split: Split;
  groups: number;
  counts: Record<Split, number>;
}

/** A split is as asked when no class is off by more than this share of it, or by one item. */
const tolerated = 0.05;
/** A group of more than this share of its class is named as the reason. */
const dominant = 0.3;

/**
 * What groups that never part did to the shares: one note per class that is off by more than a twentieth, the class
 * that is off the most first.
 */
export function splitNotes(
  items: readonly SplitItem[],
  splitOf: (id: number) => Split | undefined,
  shares: SplitShares,
): SplitNote[] {
  const classes = Map.groupBy(items, ({ classId }) => classId);
  return [...classes]
    .flatMap(([classId, members]) => noteOn(classId, members, splitOf, shares) ?? [])
    .sort((a, b) => b.off - a.off)
    .map(({ note }) => note);
}

function noteOn(
  classId: number | null,
  members: readonly SplitItem[],
  splitOf: (id: number) => Split | undefined,
  shares: SplitShares,
): { off: number; note: SplitNote } | null {
  const counts: Record<Split, number> = { train: 0, validation: 0, test: 0 };
  for (const { id } of members) {
    const split = splitOf(id);
    if (split) counts[split]++;
  }
  const all = members.length;
  const off = Math.max(...splits.map((split) => Math.abs(counts[split] - shares[split] * all)));
  const isEmpty = splits.some((split) => counts[split] === 0 && shares[split] * all >= 1);
  const groups = Map.groupBy(members, ({ cluster }) => cluster);
  const [cluster, largest] = [...groups].reduce((a, b) => (b[1].length > a[1].length ? b : a));
  if (largest.length < 2 || (!isEmpty && off <= Math.max(1, tolerated * all))) return null;
  const asked = splits.filter((split) => shares[split] > 0).length;
  const few = groups.size < asked ? ('few-groups' as const) : ('large-groups' as const);
  const code = largest.length > dominant * all && groups.size > 1 ? ('one-group' as const) : few;
  const percent = Math.round((100 * largest.length) / all);
  const split = splitOf(largest[0]!.id) ?? 'train';
  return { off: off / all, note: { code, classId, cluster, percent, split, groups: groups.size, counts } };
}
