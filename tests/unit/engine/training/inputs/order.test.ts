import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { batchesOf, epochOrder } from '../../../../../electron/engine/training/inputs/order.ts';

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
    expect(last).toEqual({ positions: Int32Array.of(1, 3, 4), weights: Float32Array.of(1, 1, 0), count: 2 });
  });
});
