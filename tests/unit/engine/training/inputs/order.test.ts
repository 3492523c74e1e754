import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  balancedOrder,
  batchesOf,
  epochOrder,
} from '../../../../../electron/engine/training/inputs/order.ts';

describe('epochOrder', () => {
  it('visits every item exactly once, whatever the seed and epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), fc.nat(1000), (count, seed, epoch) => {
        const order = epochOrder(count, seed, epoch);
        expect(new Set(order).size).toBe(count);
        expect(order.every((position) => position >= 0 && position < count)).toBe(true);
      }),
    );
  });

  it('depends on seed and epoch alone', () => {
    expect(epochOrder(50, 1, 3)).toEqual(epochOrder(50, 1, 3));
    expect(epochOrder(50, 1, 3)).not.toEqual(epochOrder(50, 1, 4));
    expect(epochOrder(50, 1, 3)).not.toEqual(epochOrder(50, 2, 3));
  });

  it('puts each item first about equally often', () => {
    const first = new Array<number>(8).fill(0);
    for (let epoch = 0; epoch < 8000; epoch++) first[epochOrder(8, 7, epoch)[0] as number]!++;
    // Chi-square with 7 degrees of freedom stays below 24.3 in 99.9 % of fair shuffles.
    const chiSquare = first.reduce((sum, seen) => sum + (seen - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(24.3);
  });
});

describe('balancedOrder', () => {
  const drawnOf = (order: Int32Array, count: number): number[] => {
    const drawn = new Array<number>(count).fill(0);
    for (const position of order) drawn[position]!++;
    return drawn;
  };

  it('draws as many as there are, from every class equally often, and no item twice before its class is through', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 200 }),
        fc.nat(),
        (labels, seed) => {
          const order = balancedOrder(labels, seed, 1);
          expect(order).toHaveLength(labels.length);
          const drawn = drawnOf(order, labels.length);
          const perClass = [...new Set(labels)].map((label) =>
            drawn.reduce((sum, times, at) => sum + (labels[at] === label ? times : 0), 0),
          );
          expect(Math.max(...perClass) - Math.min(...perClass)).toBeLessThanOrEqual(1);
          for (const label of new Set(labels)) {
            const times = drawn.filter((_, at) => labels[at] === label);
            expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('over the epochs gives every item of a large class its turn, and depends on seed and epoch alone', () => {
    // 90 of one class, 10 of the other: half of each epoch is theirs, five times each.
    const labels = Array.from({ length: 100 }, (_, at) => Number(at >= 90));
    expect(drawnOf(balancedOrder(labels, 1, 3), 100).slice(90)).toEqual(new Array(10).fill(5));
    const seen = new Set(
      Array.from({ length: 12 }, (_, epoch) => [...balancedOrder(labels, 1, epoch)]).flat(),
    );
    expect(seen.size).toBe(100);
    expect(balancedOrder(labels, 1, 3)).toEqual(balancedOrder(labels, 1, 3));
    expect(balancedOrder(labels, 1, 3)).not.toEqual(balancedOrder(labels, 1, 4));
    expect(balancedOrder(labels, 1, 3)).not.toEqual(balancedOrder(labels, 2, 3));
  });
});

describe('batchesOf', () => {
  it('covers the order once with weight 1 and gives every batch the same number of rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 64 }), (count, size) => {
        const order = epochOrder(count, 5, 1);
        const batches = batchesOf(order, size);
        const real = batches.flatMap(({ positions, count: n }) => [...positions.subarray(0, n)]);
        expect(real).toEqual([...order]);
        for (const { positions, weights, count: n } of batches) {
          expect(positions.length).toBe(Math.min(size, count));
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(n);
        }
      }),
    );
  });

  it('fills the last batch with real items at weight 0', () => {
    const [, last] = batchesOf(Int32Array.of(4, 2, 0, 1, 3), 3);
    expect(last).toEqual({
      start: 3,
      positions: Int32Array.of(1, 3, 4),
      weights: Float32Array.of(1, 1, 0),
      count: 2,
    });
  });
});
