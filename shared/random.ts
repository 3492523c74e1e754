/** Seeded randomness: the same seed gives the same numbers on every machine. */
export type Random = () => number;

/** Numbers in [0, 1) from a 32-bit seed: mulberry32 by Tommy Ettinger (public domain). */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed for one part of a work, e.g. one class or one epoch, so that parts do not depend on each other. */
export function derivedSeed(seed: number, ...parts: number[]): number {
  return parts.reduce(
    (mixed, part) => Math.imul(mixed ^ (part + 0x9e3779b1), 0x85ebca6b) ^ (mixed >>> 13),
    seed | 0,
  );
}

/** A whole number from `low` to `high`, both included. */
export function integerIn(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Shuffles in place, every order equally likely (Fisher and Yates; Durstenfeld 1964). Returns the array. */
export function shuffle<Item>(items: Item[], random: Random): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = integerIn(random, 0, last);
    [items[last], items[other]] = [items[other] as Item, items[last] as Item];
  }
  return items;
}
