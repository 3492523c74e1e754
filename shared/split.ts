import { splits } from './contract/projects.ts';
import type { Split } from './contract/projects.ts';
import { derivedSeed, seededRandom, shuffle } from './random.ts';

/** What part of the items goes where; the three add up to 1. */
export type SplitShares = Record<Split, number>;

export const defaultShares: SplitShares = { train: 0.7, validation: 0.15, test: 0.15 };

export interface SplitItem {
  id: number;
  /** Items without a class are dealt out as a class of their own. */
  classId: number | null;
  /** Hash of the file; '' for none. Items of the same hash never part: that would leak test pictures. */
  sha256: string;
  /** Name of a group that never parts either, e.g. nearly the same picture. */
  group?: string;
}

export interface PlacedItem extends SplitItem {
  split: Split | null;
}

/**
 * Deals out the items that have no split. One that belongs together with items that have one follows them (the test
 * split before validation before train, should they be apart already); the rest is dealt as by `dealSplits`.
 */
export function dealUnsplit(
  items: readonly PlacedItem[],
  shares: SplitShares,
  seed: number,
): Map<number, Split> {
  const dealt = new Map<number, Split>();
  const rest: SplitItem[] = [];
  for (const members of togetherOf(items)) {
    const taken = new Set(members.map(({ split }) => split));
    const given = (['test', 'validation', 'train'] as const).find((split) => taken.has(split));
    for (const member of members) {
      if (member.split !== null) continue;
      if (given) dealt.set(member.id, given);
      else rest.push(member);
    }
  }
  for (const [id, split] of dealSplits(rest, shares, seed)) dealt.set(id, split);
  return dealt;
}

/**
 * Deals items out to the splits, class by class (stratified). Of a class without duplicates each split gets its share
 * to within one item, train at least one where its share is not zero. The result depends on the seed and on the items,
 * not on their order; a class's items are dealt the same way whatever other classes there are, but for rounding.
 */
export function dealSplits(
  items: readonly SplitItem[],
  shares: SplitShares,
  seed: number,
): Map<number, Split> {
  const dealt = new Map<number, Split>();
  /** What each split is owed over the classes so far: decides who gets the item that rounding leaves. */
  const owed: SplitShares = { train: 0, validation: 0, test: 0 };
  for (const [classId, groups] of groupsByClass(items)) {
    const random = seededRandom(derivedSeed(seed, classId));
    // Large groups first, while there is room for them; the shuffle decides among equals.
    const ordered = shuffle(groups, random).sort((a, b) => b.length - a.length);
    const count = groups.reduce((sum, group) => sum + group.length, 0);
    dealClass(ordered, targetCounts(count, shares, owed), dealt);
  }
  return dealt;
}

/** Classes in the order of their id; in each, groups of items that must stay together, in the order of theirs. */
function groupsByClass(items: readonly SplitItem[]): [number, SplitItem[][]][] {
  const classes = new Map<number, SplitItem[][]>();
  for (const group of togetherOf(items)) {
    // The same picture under two labels goes with its first one.
    const classId = group[0]?.classId ?? unlabelled;
    const members = classes.get(classId);
    if (members) members.push(group);
    else classes.set(classId, [group]);
  }
  return [...classes].sort(([a], [b]) => a - b);
}

/** Items that must not part: of one hash, or of one group. In the order of their first id. */
function togetherOf<T extends SplitItem>(items: readonly T[]): T[][] {
  const groupOfHash = new Map(
    items.flatMap(({ sha256, group }) => (group !== undefined && sha256 !== '' ? [[sha256, group]] : [])),
  );
  const together = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => a.id - b.id)) {
    const group = item.group ?? groupOfHash.get(item.sha256);
    const alone = item.sha256 === '' ? `id ${item.id}` : `hash ${item.sha256}`;
    const key = group === undefined ? alone : `group ${group}`;
    const members = together.get(key);
    if (members) members.push(item);
    else together.set(key, [item]);
  }
  return [...together.values()];
}

const unlabelled = -1;

/** Whole numbers that add up to `count`: shares rounded by largest remainder, train at least 1. */
function targetCounts(count: number, shares: SplitShares, owed: SplitShares): SplitShares {
  const targets: SplitShares = { train: 0, validation: 0, test: 0 };
  for (const split of splits) targets[split] = Math.floor(shares[split] * count + roundingSlack);
  const left = count - targets.train - targets.validation - targets.test;
  const remainder = (split: Split) => shares[split] * count - targets[split];
  const byNeed = splits
    .filter((split) => remainder(split) > roundingSlack)
    .sort((a, b) => remainder(b) - remainder(a) || owed[b] + remainder(b) - (owed[a] + remainder(a)));
  for (const split of byNeed.slice(0, left)) targets[split]++;
  if (targets.train === 0 && count > 0 && shares.train > 0) {
    const surplus = (split: Split) => targets[split] - shares[split] * count;
    targets[surplus('validation') > surplus('test') ? 'validation' : 'test']--;
    targets.train++;
  }
  for (const split of splits) owed[split] += shares[split] * count - targets[split];
  return targets;
}

/** Products such as 0.7 * 10 miss whole numbers by this at most. */
const roundingSlack = 1e-9;

function dealClass(groups: SplitItem[][], targets: SplitShares, dealt: Map<number, Split>): void {
  const room = { ...targets };
  for (const group of groups) {
    const roomiest = splits.reduce((best, split) => (room[split] > room[best] ? split : best));
    for (const { id } of group) dealt.set(id, roomiest);
    room[roomiest] -= group.length;
  }
}
