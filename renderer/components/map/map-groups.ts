import type { MappedPoint } from '../../../shared/contract/index.ts';

/** What the points are coloured by. */
export const colourings = ['class', 'split', 'error'] as const;
export type Colouring = (typeof colourings)[number];

/** Points of one colour; `key` is the class index, the split, or how the run judged them. */
export interface PointGroup {
  key: string;
  /** Positions in the map's points. */
  members: number[];
}

/** The groups in a fixed order, without the empty ones. */
export function groupsOf(
  points: readonly MappedPoint[],
  colouring: Colouring,
  classes: number,
): PointGroup[] {
  const members = new Map<string, number[]>(keysOf(colouring, classes).map((key) => [key, []]));
  points.forEach((point, at) => members.get(keyOf(point, colouring))?.push(at));
  return [...members].flatMap(([key, found]) => (found.length > 0 ? [{ key, members: found }] : []));
}

function keysOf(colouring: Colouring, classes: number): string[] {
  if (colouring === 'class') return [...Array.from({ length: classes }, (_, at) => String(at)), 'other'];
  // Mistakes last: they are drawn over the rest.
  return colouring === 'split' ? ['train', 'validation', 'test', 'none'] : ['right', 'unknown', 'wrong'];
}

function keyOf({ truth, predicted, split }: MappedPoint, colouring: Colouring): string {
  if (colouring === 'class') return truth < 0 ? 'other' : String(truth);
  if (colouring === 'split') return split ?? 'none';
  if (predicted === null || truth < 0) return 'unknown';
  return predicted === truth ? 'right' : 'wrong';
}
