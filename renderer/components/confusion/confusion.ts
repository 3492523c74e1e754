import type { Cell } from '../../stores/runs/results.ts';

/** How many items each true class has: the sums of the rows. */
export function rowTotals(matrix: number[][]): number[] {
  return matrix.map((row) => row.reduce((sum, n) => sum + n, 0));
}

/** The share of a true class that was predicted as another, 0-1. */
export function cellShare(matrix: number[][], totals: number[], truth: number, predicted: number): number {
  const total = totals[truth] ?? 0;
  return total > 0 ? (matrix[truth]?.[predicted] ?? 0) / total : 0;
}

/** The cell an arrow key, Home or End leads to; null for other keys. */
export function movedCell(key: string, from: Cell, classes: number): Cell | null {
  const clamp = (value: number): number => Math.min(classes - 1, Math.max(0, value));
  switch (key) {
    case 'ArrowLeft':
      return { ...from, predicted: clamp(from.predicted - 1) };
    case 'ArrowRight':
      return { ...from, predicted: clamp(from.predicted + 1) };
    case 'ArrowUp':
      return { ...from, truth: clamp(from.truth - 1) };
    case 'ArrowDown':
      return { ...from, truth: clamp(from.truth + 1) };
    case 'Home':
      return { ...from, predicted: 0 };
    case 'End':
      return { ...from, predicted: classes - 1 };
    default:
      return null;
  }
}

/** The part of a matrix of many classes that is looked at: `size` classes a side, from this row and column on. */
export interface Area {
  row: number;
  column: number;
  size: number;
}

/** No closer than this many classes a side. */
const closest = 8;

const within = (first: number, size: number, classes: number): number =>
  Math.min(classes - size, Math.max(0, first));

/** The area made larger or smaller by a factor around a cell, whole classes at a time; never past the matrix. */
export function zoomedArea(area: Area, factor: number, around: Cell, classes: number): Area {
  const wanted =
    factor < 1
      ? Math.min(area.size - 1, Math.round(area.size * factor))
      : Math.max(area.size + 1, Math.round(area.size * factor));
  const size = Math.min(classes, Math.max(Math.min(closest, classes), wanted));
  return {
    row: within(around.truth - Math.floor(size / 2), size, classes),
    column: within(around.predicted - Math.floor(size / 2), size, classes),
    size,
  };
}

/** The area moved no further than it takes to show a cell. */
export function areaShowing({ row, column, size }: Area, { truth, predicted }: Cell): Area {
  const moved = (first: number, index: number): number => Math.max(index - size + 1, Math.min(first, index));
  return { row: moved(row, truth), column: moved(column, predicted), size };
}
