import { hashDistance, mirroredHash, turnedMirroredHash } from './difference-hash.ts';

/**
 * Hashes that differ in at most this many of 64 bits are taken for the same picture, recompressed or resized.
 * Unrelated photos differ in 32 bits on average, with a standard deviation of about 5 or more.
 */
export const nearDuplicateDistance = 4;

/**
 * The same for the hash of the turned picture. Twice as much, because it confirms a pair and finds none: a subject in
 * the middle of a plain ground gives many pictures one hash along the rows, but not along the columns as well.
 */
const confirmingDistance = 8;

export interface NearDuplicateOptions {
  /** Hash of each picture turned by a right angle (`turnedHash`), '' for none: pairs must agree in it as well. */
  turned?: readonly string[];
  /** Greatest number of differing bits, 0 to 15. */
  distance?: number;
  /** Whether a mirrored copy counts as a duplicate. */
  mirrored?: boolean;
}

/**
 * Groups pictures whose difference hashes (16 hex digits; '' for none) are close, directly or through others.
 * Pictures of one flat colour all hash to zero and say nothing; they are left out.
 * @returns positions in `hashes`, groups of two or more only, each ascending, in the order of their first member
 */
export function nearDuplicates(hashes: readonly string[], options: NearDuplicateOptions = {}): number[][] {
  const { distance = nearDuplicateDistance, mirrored = true, turned = [] } = options;
  const positions = positionsByHash(hashes, turned);
  const distinct = [...positions.keys()].map((key) => ({
    key,
    hash: key.slice(0, 16),
    turned: key.slice(16),
  }));
  const groups = new DisjointSets(distinct.length);
  const index = indexByBands(
    distinct.map(({ hash }) => hash),
    distance,
  );
  for (const [at, own] of distinct.entries()) {
    const joinIf = (turnedHash: string) => (other: number) => {
      const theirs = distinct[other]!.turned;
      const differ = turnedHash && theirs ? hashDistance(turnedHash, theirs) : 0;
      if (differ <= confirmingDistance) groups.join(at, other);
    };
    index.visitNear(own.hash, joinIf(own.turned));
    if (mirrored) index.visitNear(mirroredHash(own.hash), joinIf(turnedMirroredHash(own.turned)));
  }
  const byRoot = new Map<number, number[]>();
  for (const [at, { key }] of distinct.entries()) {
    const root = groups.rootOf(at);
    byRoot.set(root, [...(byRoot.get(root) ?? []), ...(positions.get(key) ?? [])]);
  }
  return [...byRoot.values()]
    .filter((group) => group.length > 1)
    .map((group) => group.sort((a, b) => a - b))
    .sort(([a = 0], [b = 0]) => a - b);
}

/** By the 16 digits of the hash and those of the turned one. */
function positionsByHash(hashes: readonly string[], turned: readonly string[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  for (const [position, hash] of hashes.entries()) {
    if (/^0*$/.test(hash)) continue;
    const key = hash + (turned[position] ?? '');
    const known = positions.get(key);
    if (known) known.push(position);
    else positions.set(key, [position]);
  }
  return positions;
}

interface HashIndex {
  /** Calls `visit` with every indexed hash within the distance, itself included. */
  visitNear(hash: string, visit: (index: number) => void): void;
}

/**
 * Cuts the 64 bits into distance + 1 bands: two hashes within the distance agree in at least one band wholly
 * (pigeonhole), so only hashes that share a band are compared. Exact, and fast for small distances
 * (Manku, Jain, Das Sarma 2007, "Detecting Near-Duplicates for Web Crawling").
 */
function indexByBands(hashes: readonly string[], distance: number): HashIndex {
  const high = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(0, 8), 16));
  const low = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(8), 16));
  const bands = bandsOf(distance + 1);
  const buckets = bands.map((band) => {
    const bucket = new Map<number, number[]>();
    for (let at = 0; at < hashes.length; at++) {
      const key = band(high[at] ?? 0, low[at] ?? 0);
      const members = bucket.get(key);
      if (members) members.push(at);
      else bucket.set(key, [at]);
    }
    return bucket;
  });
  return {
    visitNear(hash, visit) {
      const upper = Number.parseInt(hash.slice(0, 8), 16);
      const lower = Number.parseInt(hash.slice(8), 16);
      for (const [number, band] of bands.entries()) {
        for (const other of buckets[number]?.get(band(upper, lower)) ?? []) {
          if (bitCount(upper ^ (high[other] ?? 0)) + bitCount(lower ^ (low[other] ?? 0)) <= distance)
            visit(other);
        }
      }
    },
  };
}

type Band = (high: number, low: number) => number;

/** Reads each of `count` nearly equal runs of the 64 bits as a number. */
function bandsOf(count: number): Band[] {
  return Array.from({ length: count }, (_, number) => {
    const from = Math.floor((64 * number) / count);
    const width = Math.floor((64 * (number + 1)) / count) - from;
    const end = from + width;
    const mask = 2 ** width - 1;
    // A key may be wider than 32 bits, so it is put together by arithmetic where it spans both words.
    if (end <= 32) return (high) => ((high >>> (32 - end)) & mask) >>> 0;
    if (from >= 32) return (_, low) => ((low >>> (64 - end)) & mask) >>> 0;
    const upperMask = 2 ** (32 - from) - 1;
    return (high, low) => ((high & upperMask) >>> 0) * 2 ** (end - 32) + Math.floor(low / 2 ** (64 - end));
  });
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Union-find with path halving (Tarjan and van Leeuwen 1984). */
class DisjointSets {
  readonly #parents: Int32Array;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, index) => index);
  }

  rootOf(member: number): number {
    const parents = this.#parents;
    let at = member;
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      const above = parents[parent] ?? parent;
      parents[at] = above;
      at = above;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }
}
