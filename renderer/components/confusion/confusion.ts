import type { Cell } from '../../stores/results.ts';

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
