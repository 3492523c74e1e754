import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splits } from '../../../shared/contract/projects.ts';
import { dealSplits, dealUnsplit, defaultShares } from '../../../shared/split.ts';
import type { SplitItem, SplitShares } from '../../../shared/split.ts';

const item = (id: number, classId: number, sha256 = ''): SplitItem => ({ id, classId, sha256 });
const classOf = (count: number, classId = 0) =>
  Array.from({ length: count }, (_, i) => item(classId * 1e6 + i, classId));

const anyItems = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('', '', '', 'a', 'b', 'c')), {
    maxLength: 200,
  })
  .map((rows) => rows.map(([classId, hash], id) => item(id, classId, hash)));
const distinctItems = anyItems.map((items) => items.map((one) => ({ ...one, sha256: '' })));
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

  it('never parts items of the same content, whatever their labels', () => {
    fc.assert(
      fc.property(anyItems, anyShares, anySeed, (items, shares, seed) => {
        const dealt = dealSplits(items, shares, seed);
        for (const hash of ['a', 'b', 'c']) {
          const places = items.filter(({ sha256 }) => sha256 === hash).map(({ id }) => dealt.get(id));
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
    const items = Array.from({ length: 100_000 }, (_, id) => item(id, id % 200, String(id)));
    expect(dealSplits(items, defaultShares, 3).size).toBe(100_000);
  });
});

describe('items that belong together', () => {
  const many = classOf(40);

  it('never part, whether their bytes or their group say so, nor a copy of a member of a group', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const items = many.map((one) => {
          if (one.id < 6) return { ...one, group: 'series', sha256: `hash ${one.id}` };
          return one.id === 6 ? { ...one, sha256: 'hash 3' } : one;
        });
        const dealt = dealSplits(items, defaultShares, seed);
        expect(new Set([0, 1, 2, 3, 4, 5, 6].map((id) => dealt.get(id))).size).toBe(1);
      }),
    );
  });

  it('follow those that have a split already; the rest is dealt in the shares', () => {
    const items = many.map((one) => {
      const split = one.id === 0 ? ('validation' as const) : one.id === 1 ? ('test' as const) : null;
      return { ...one, split, group: one.id < 4 ? 'series' : undefined, sha256: one.id === 4 ? 'same' : '' };
    });
    items.push({ ...item(100, 0, 'same'), split: 'test', group: undefined });
    const dealt = dealUnsplit(items, defaultShares, 42);
    expect([0, 1, 100].some((id) => dealt.has(id))).toBe(false);
    expect([2, 3, 4].map((id) => dealt.get(id))).toEqual(['test', 'test', 'test']);
    const rest = classOf(40).slice(5);
    expect(counts(rest, dealt)).toEqual({ train: 25, validation: 5, test: 5 });
  });
});
