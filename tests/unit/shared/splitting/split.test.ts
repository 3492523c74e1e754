import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splits } from '../../../../shared/contract/projects.ts';
import { dealFolds, dealSplits, dealUnsplit, defaultShares } from '../../../../shared/splitting/split.ts';
import type { SplitItem, SplitShares } from '../../../../shared/splitting/split.ts';

/** `cluster` below 0: with nobody. */
const item = (id: number, classId: number, cluster = -1): SplitItem => ({
  id,
  classId,
  cluster: cluster < 0 ? 1e9 + id : cluster,
});
const classOf = (count: number, classId = 0) =>
  Array.from({ length: count }, (_, i) => item(classId * 1e6 + i, classId));

const anyItems = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(-1, -1, -1, 0, 1, 2)), {
    maxLength: 200,
  })
  .map((rows) => rows.map(([classId, cluster], id) => item(id, classId, cluster)));
const distinctItems = anyItems.map((items) => items.map(({ id, classId }) => item(id, classId!)));
const anyShares: fc.Arbitrary<SplitShares> = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
  .filter((parts) => parts[0] + parts[1] + parts[2] > 0)
  .map(([train, validation, test]) => {
    const sum = train + validation + test;
    return { train: train / sum, validation: validation / sum, test: test / sum };
  });
const anySeed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function counts(items: readonly SplitItem[], dealt: Map<number, string>): Record<string, number> {
  const result: Record<string, number> = { train: 0, validation: 0, test: 0 };
  for (const { id } of items) result[dealt.get(id)!]!++;
  return result;
}

describe('a stratified split', () => {
  it('places every item exactly once', () => {
    fc.assert(
      fc.property(anyItems, anyShares, anySeed, (items, shares, seed) => {
        const dealt = dealSplits(items, shares, seed);
        expect([...dealt.keys()].sort((a, b) => a - b)).toEqual(items.map(({ id }) => id));
        expect([...dealt.values()].every((split) => splits.includes(split))).toBe(true);
      }),
    );
  });

  it('keeps every class within one item of the shares, and gives train at least one', () => {
    fc.assert(
      fc.property(distinctItems, anyShares, anySeed, (items, shares, seed) => {
        const dealt = dealSplits(items, shares, seed);
        for (const classId of new Set(items.map((one) => one.classId))) {
          const members = items.filter((one) => one.classId === classId);
          const found = counts(members, dealt);
          for (const split of splits) {
            expect(Math.abs(found[split]! - shares[split] * members.length)).toBeLessThanOrEqual(1 + 1e-9);
          }
          if (shares.train > 0) expect(found['train']).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it('never parts a cluster, whatever the labels in it', () => {
    fc.assert(
      fc.property(anyItems, anyShares, anySeed, (items, shares, seed) => {
        const dealt = dealSplits(items, shares, seed);
        for (const wanted of [0, 1, 2]) {
          const places = items.filter(({ cluster }) => cluster === wanted).map(({ id }) => dealt.get(id));
          expect(new Set(places).size).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('is the same for the same seed, in whatever order the items come', () => {
    fc.assert(
      fc.property(anyItems, anySeed, (items, seed) => {
        const dealt = dealSplits(items, defaultShares, seed);
        const again = dealSplits([...items].reverse(), defaultShares, seed);
        for (const { id } of items) expect(again.get(id)).toBe(dealt.get(id));
      }),
    );
  });

  it('changes with the seed, and is spread over the items', () => {
    const items = classOf(1000);
    const one = dealSplits(items, defaultShares, 1);
    const two = dealSplits(items, defaultShares, 2);
    const same = items.filter(({ id }) => one.get(id) === two.get(id)).length;
    // By chance 0.7² + 0.15² + 0.15² = 53.5 % agree.
    expect(same).toBeGreaterThan(450);
    expect(same).toBeLessThan(620);
    expect(counts(items.slice(0, 500), one)['train']).toBeGreaterThan(300);
    expect(counts(items.slice(0, 500), one)['train']).toBeLessThan(400);
  });

  it('deals 10 items 7, 1 or 2, 1 or 2, and evens the rounding out over classes', () => {
    const items = [classOf(10, 0), classOf(10, 1), classOf(10, 2), classOf(10, 3)].flat();
    expect(counts(items, dealSplits(items, defaultShares, 7))).toEqual({ train: 28, validation: 6, test: 6 });
  });

  it('puts the single item of a class into train, and respects a share of zero', () => {
    expect(dealSplits([item(5, 0)], { train: 0.1, validation: 0.45, test: 0.45 }, 1).get(5)).toBe('train');
    const noTest = dealSplits(classOf(9), { train: 0.5, validation: 0.5, test: 0 }, 1);
    expect([...noTest.values()]).not.toContain('test');
  });

  it('splits 100,000 items at once', () => {
    const items = Array.from({ length: 100_000 }, (_, id) => item(id, id % 200, id));
    expect(dealSplits(items, defaultShares, 3).size).toBe(100_000);
  });
});

/** Clusters of 1 to 8 items of one class each, two to four classes. */
const clustered = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 8 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((clusters) =>
    clusters
      .flatMap(([classId, size], cluster) => Array.from({ length: size }, () => ({ classId, cluster })))
      .map(({ classId, cluster }, id) => item(id, classId, cluster)),
  );

describe('groups', () => {
  it('keep every class within the size of its largest group of the shares', () => {
    fc.assert(
      fc.property(clustered, anySeed, (items, seed) => {
        const dealt = dealSplits(items, defaultShares, seed);
        for (const [, members] of Map.groupBy(items, ({ classId }) => classId)) {
          const sizes = [...Map.groupBy(members, ({ cluster }) => cluster).values()].map((m) => m.length);
          const found = counts(members, dealt);
          for (const split of splits) {
            const off = Math.abs(found[split]! - defaultShares[split] * members.length);
            expect(off).toBeLessThanOrEqual(Math.max(...sizes) + 1);
          }
        }
      }),
    );
  });

  it('leave no split of a class empty that was promised items, where there are groups enough', () => {
    const three = [0, 1, 2].flatMap((cluster) =>
      Array.from({ length: 30 }, (_, at) => item(100 * cluster + at, 0, cluster)),
    );
    expect(counts(three, dealSplits(three, defaultShares, 1))).toEqual({
      train: 30,
      validation: 30,
      test: 30,
    });
  });

  it('of several classes are dealt so that every class comes out near its shares', () => {
    // 40 patients with 5 pictures of one class and 3 of the other each.
    const items = Array.from({ length: 40 }, (_, patient) =>
      Array.from({ length: 8 }, (_, at) => item(8 * patient + at, Number(at >= 5), patient)),
    ).flat();
    fc.assert(
      fc.property(anySeed, (seed) => {
        const dealt = dealSplits(items, defaultShares, seed);
        expect(counts(items, dealt)).toEqual({ train: 224, validation: 48, test: 48 });
      }),
    );
  });

  it('take nothing to a split that was asked to stay empty, however they overshoot', () => {
    const items = [0, 1, 2].flatMap((cluster) =>
      Array.from({ length: 7 }, (_, at) => item(10 * cluster + at, 0, cluster)),
    );
    const dealt = dealSplits(items, { train: 0.5, validation: 0.5, test: 0 }, 3);
    expect([...dealt.values()]).not.toContain('test');
  });
});

describe('folds', () => {
  it('part no cluster, hold every item once, and are even per class to within one group', () => {
    fc.assert(
      fc.property(clustered, fc.integer({ min: 2, max: 6 }), anySeed, (items, folds, seed) => {
        const dealt = dealFolds(items, folds, seed);
        expect(dealt.size).toBe(items.length);
        for (const [, members] of Map.groupBy(items, ({ cluster }) => cluster)) {
          expect(new Set(members.map(({ id }) => dealt.get(id))).size).toBe(1);
        }
        for (const [, members] of Map.groupBy(items, ({ classId }) => classId)) {
          const largest = Math.max(
            ...[...Map.groupBy(members, ({ cluster }) => cluster).values()].map(({ length }) => length),
          );
          const sizes = Array.from(
            { length: folds },
            (_, fold) => members.filter(({ id }) => dealt.get(id) === fold).length,
          );
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2 * largest);
        }
      }),
    );
  });

  it('even out what rounding leaves over the classes', () => {
    const items = [0, 1, 2, 3, 4].flatMap((classId) => classOf(7, classId));
    const dealt = dealFolds(items, 5, 1);
    const sizes = [0, 1, 2, 3, 4].map((fold) => [...dealt.values()].filter((of) => of === fold).length);
    expect(sizes).toEqual([7, 7, 7, 7, 7]);
  });
});

describe('items that belong together', () => {
  it('follow those that have a split already; the rest is dealt in the shares', () => {
    const items = Array.from({ length: 40 }, (_, id) => {
      const split = id === 0 ? ('validation' as const) : id === 1 ? ('test' as const) : null;
      return { ...item(id, 0, id < 4 ? 0 : -1), split };
    });
    const dealt = dealUnsplit(items, defaultShares, 42);
    expect([0, 1].some((id) => dealt.has(id))).toBe(false);
    expect([2, 3].map((id) => dealt.get(id))).toEqual(['test', 'test']);
    expect(counts(items.slice(4), dealt)).toEqual({ train: 25, validation: 6, test: 5 });
  });
});
