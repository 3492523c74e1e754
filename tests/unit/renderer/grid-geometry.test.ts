import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridGeometry, indexesInBox, movedFocus } from '../../../renderer/components/grid/grid-geometry.ts';

describe('the geometry of the grid', () => {
  it('fills the width without spilling over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 4000 }), fc.integer({ min: 40, max: 300 }), (width, wished) => {
        const { columns, side } = gridGeometry(width, wished, 6, 10);
        const used = columns * side + (columns - 1) * 6;
        expect(used).toBeLessThanOrEqual(Math.max(width - 20, side));
        expect(side).toBeGreaterThanOrEqual(Math.min(wished, width - 20) - 1);
      }),
    );
  });

  it('finds exactly the tiles a rubber band touches', () => {
    const geometry = { columns: 4, side: 100, gap: 10, padding: 10 };
    fc.assert(
      fc.property(
        fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 900 }))),
        ([a = 0, b = 0, c = 0, d = 0]) => {
          const box = {
            left: Math.min(a, b),
            right: Math.max(a, b),
            top: Math.min(c, d),
            bottom: Math.max(c, d),
          };
          const touched = Array.from({ length: 22 }, (_, index) => index).filter((index) => {
            const left = 10 + (index % 4) * 110;
            const top = 10 + Math.floor(index / 4) * 110;
            return left <= box.right && left + 100 >= box.left && top <= box.bottom && top + 100 >= box.top;
          });
          expect(indexesInBox(box, geometry, 22)).toEqual(touched);
        },
      ),
    );
  });

  it('moves the focus by rows, columns and pages, and stays inside', () => {
    expect(movedFocus('ArrowDown', 2, 100, 8, 5)).toBe(10);
    expect(movedFocus('ArrowUp', 2, 100, 8, 5)).toBe(0);
    expect(movedFocus('PageDown', 2, 100, 8, 5)).toBe(42);
    expect(movedFocus('End', 2, 100, 8, 5)).toBe(99);
    expect(movedFocus('ArrowRight', 99, 100, 8, 5)).toBe(99);
    expect(movedFocus('a', 2, 100, 8, 5)).toBeNull();
    expect(movedFocus('ArrowRight', 0, 0, 8, 5)).toBeNull();
  });
});
