import { splits } from '../contract/projects.ts';
import type { Split } from '../contract/projects.ts';
import { derivedSeed, seededRandom, shuffle } from '../random.ts';

/** What part of the items goes where; the three add up to 1. */
export type SplitShares = Record<Split, number>;

export const defaultShares: SplitShares = { train: 0.7, validation: 0.15, test: 0.15 };

export interface SplitItem {
  id: number;
  /** Items without a class are dealt out as a class of their own. */
  classId: number | null;
  /** Items of one cluster (copies of a picture, pictures of a patient) never part; see `clusterOf`. */
  cluster: number;
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
 * Deals items out to the splits, class by class (stratified). Of a class without clusters each split gets its share
 * to within one item, train at least one where its share is not zero. The result depends on the seed and on the items,
 * not on their order; a class's items are dealt the same way whatever other classes there are, but for rounding and
 * for clusters of several classes.
 */
export function dealSplits(
  items: readonly SplitItem[],
  shares: SplitShares,
  seed: number,
): Map<number, Split> {
  const parts = deal(
    items,
    splits.map((split) => shares[split]),
    seed,
    true,
  );
  return new Map([...parts].map(([id, part]) => [id, splits[part]!]));
}

/** Deals items into `folds` equal parts in the same manner: fold per id, from 0. */
export function dealFolds(items: readonly SplitItem[], folds: number, seed: number): Map<number, number> {
  return deal(items, new Array<number>(folds).fill(1 / folds), seed, false);
}

/** Items that never part, with how many there are of each class. */
interface Cluster {
  ids: number[];
  classId: number;
  counts: Map<number, number>;
  size: number;
}

/** The room that is left in every part for a class of `total` items. */
interface Room {
  total: number;
  left: number[];
  /** Parts that were promised something, and so should not stay empty. */
  wanted: boolean[];
  taken: number[];
}

/** @param firstNeeded whether the first part gets one of every class, however small its share */
function deal(
  items: readonly SplitItem[],
  shares: readonly number[],
  seed: number,
  firstNeeded: boolean,
): Map<number, number> {
  const clusters = togetherOf(items).map(clusterFrom);
  const rooms = roomPerClass(clusters, shares, firstNeeded);
  const open = [...shares.keys()].filter((part) => shares[part]! > 0);
  const places = new Map<Cluster, number>();
  for (const cluster of inDealingOrder(clusters, seed)) {
    const part = roomiest(cluster, rooms, open);
    places.set(cluster, part);
    move(cluster, rooms, part, 1);
  }
  evenOut(places, rooms, open);
  const dealt = new Map<number, number>();
  for (const [{ ids }, part] of places) for (const id of ids) dealt.set(id, part);
  return dealt;
}

/** Items that must not part, in the order of their first id. */
function togetherOf<T extends SplitItem>(items: readonly T[]): T[][] {
  const together = new Map<number, T[]>();
  for (const item of [...items].sort((a, b) => a.id - b.id)) {
    const members = together.get(item.cluster);
    if (members) members.push(item);
    else together.set(item.cluster, [item]);
  }
  return [...together.values()];
}

const unlabelled = -1;

function clusterFrom(members: readonly SplitItem[]): Cluster {
  const counts = new Map<number, number>();
  for (const { classId } of members) {
    const key = classId ?? unlabelled;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const classId = members[0]?.classId ?? unlabelled;
  return { ids: members.map(({ id }) => id), classId, counts, size: members.length };
}

function roomPerClass(
  clusters: readonly Cluster[],
  shares: readonly number[],
  firstNeeded: boolean,
): Map<number, Room> {
  const totals = new Map<number, number>();
  for (const { counts } of clusters) {
    for (const [classId, count] of counts) totals.set(classId, (totals.get(classId) ?? 0) + count);
  }
  /** What each part is owed over the classes so far: decides who gets the item that rounding leaves. */
  const owed = shares.map(() => 0);
  const rooms = new Map<number, Room>();
  for (const [classId, total] of [...totals].sort(([a], [b]) => a - b)) {
    const left = targetCounts(total, shares, owed, firstNeeded);
    rooms.set(classId, { total, left, wanted: left.map((count) => count > 0), taken: shares.map(() => 0) });
  }
  return rooms;
}

/** Clusters of several classes first, then class by class; large ones first, while there is room for them. */
function inDealingOrder(clusters: readonly Cluster[], seed: number): Cluster[] {
  const queues = new Map<number, Cluster[]>();
  for (const cluster of clusters) {
    const key = cluster.counts.size > 1 ? mixed : cluster.classId;
    const queue = queues.get(key);
    if (queue) queue.push(cluster);
    else queues.set(key, [cluster]);
  }
  return [...queues]
    .sort(([a], [b]) => a - b)
    .flatMap(([key, queue]) =>
      // The shuffle decides among equals.
      shuffle(queue, seededRandom(derivedSeed(seed, key))).sort((a, b) => b.size - a.size),
    );
}

const mixed = -2;

/** The part whose numbers come closest to what they should be with this cluster in it: least squares over classes. */
function roomiest({ counts }: Cluster, rooms: Map<number, Room>, parts: readonly number[]): number {
  let best = parts[0]!;
  let most = -Infinity;
  for (const part of parts) {
    let room = 0;
    for (const [classId, count] of counts) {
      const { left, total } = rooms.get(classId)!;
      room += (count * left[part]!) / total;
    }
    if (room > most) [best, most] = [part, room];
  }
  return best;
}

function move({ counts }: Cluster, rooms: Map<number, Room>, part: number, times: 1 | -1): void {
  for (const [classId, count] of counts) {
    const room = rooms.get(classId)!;
    room.left[part]! -= times * count;
    room.taken[part]! += times * count;
  }
}

/** How far a part's numbers are off, for the classes of a cluster; a part left empty counts as the whole class. */
function misfit({ counts }: Cluster, rooms: Map<number, Room>, part: number): number {
  let sum = 0;
  for (const classId of counts.keys()) {
    const { left, total, wanted, taken } = rooms.get(classId)!;
    sum += left[part]! ** 2 / total + (wanted[part] && taken[part] === 0 ? total : 0);
  }
  return sum;
}

const mostPasses = 8;

/**
 * Moves clusters of two or more while that brings the numbers closer to the shares: dealt one after the other, the
 * last large ones may have found no room and left a part empty.
 */
function evenOut(places: Map<Cluster, number>, rooms: Map<number, Room>, parts: readonly number[]): void {
  const large = [...places.keys()].filter(({ size }) => size > 1);
  for (let pass = 0, moved = true; moved && pass < mostPasses; pass++) {
    moved = false;
    for (const cluster of large) {
      const from = places.get(cluster)!;
      const gain = (to: number): number => {
        const before = misfit(cluster, rooms, from) + misfit(cluster, rooms, to);
        move(cluster, rooms, from, -1);
        move(cluster, rooms, to, 1);
        const after = misfit(cluster, rooms, from) + misfit(cluster, rooms, to);
        move(cluster, rooms, to, -1);
        move(cluster, rooms, from, 1);
        return before - after;
      };
      const to = parts.find((part) => part !== from && gain(part) > roundingSlack);
      if (to === undefined) continue;
      move(cluster, rooms, from, -1);
      move(cluster, rooms, to, 1);
      places.set(cluster, to);
      moved = true;
    }
  }
}

/** Whole numbers that add up to `count`: shares rounded by largest remainder, the first part at least 1 if needed. */
function targetCounts(
  count: number,
  shares: readonly number[],
  owed: number[],
  firstNeeded: boolean,
): number[] {
  const targets = shares.map((share) => Math.floor(share * count + roundingSlack));
  const left = count - targets.reduce((sum, target) => sum + target, 0);
  const remainder = (part: number) => shares[part]! * count - targets[part]!;
  const byNeed = [...shares.keys()]
    .filter((part) => remainder(part) > roundingSlack)
    .sort((a, b) => remainder(b) - remainder(a) || owed[b]! + remainder(b) - (owed[a]! + remainder(a)));
  for (const part of byNeed.slice(0, left)) targets[part]!++;
  if (firstNeeded && targets[0] === 0 && count > 0 && shares[0]! > 0) {
    const surplus = (part: number) => targets[part]! - shares[part]! * count;
    const richest = [...shares.keys()].reduce((best, part) => (surplus(part) > surplus(best) ? part : best));
    targets[richest]!--;
    targets[0]++;
  }
  shares.forEach((share, part) => (owed[part]! += share * count - targets[part]!));
  return targets;
}

/** Products such as 0.7 * 10 miss whole numbers by this at most. */
const roundingSlack = 1e-9;
