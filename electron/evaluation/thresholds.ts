import type { BinaryScores } from './predictions.ts';

/**
 * Counts at every distinct score used as a threshold ("positive" means score >= threshold), from the
 * strictest down. Entry 0 stands above every score: nothing is called positive there. Its threshold is
 * the highest score + 1, finite so that it survives JSON.
 */
export interface ThresholdCounts {
  threshold: Float64Array;
  truePositives: Float64Array;
  falsePositives: Float64Array;
  positives: number;
  negatives: number;
}

/** Sweeps the threshold over all scores. Items with equal scores move together, as they must. */
export function thresholdCounts({ positive, negative }: BinaryScores): ThresholdCounts {
  const up = positive.slice().sort();
  const down = negative.slice().sort();
  const size = up.length + down.length + 1;
  const threshold = new Float64Array(size);
  const truePositives = new Float64Array(size);
  const falsePositives = new Float64Array(size);
  let i = up.length - 1;
  let j = down.length - 1;
  let steps = 0;
  while (i >= 0 || j >= 0) {
    const score = Math.max(i >= 0 ? up[i]! : -Infinity, j >= 0 ? down[j]! : -Infinity);
    while (i >= 0 && up[i] === score) i--;
    while (j >= 0 && down[j] === score) j--;
    steps++;
    threshold[steps] = score;
    truePositives[steps] = up.length - 1 - i;
    falsePositives[steps] = down.length - 1 - j;
  }
  threshold[0] = steps > 0 ? threshold[1]! + 1 : 1;
  return {
    threshold: threshold.slice(0, steps + 1),
    truePositives: truePositives.slice(0, steps + 1),
    falsePositives: falsePositives.slice(0, steps + 1),
    positives: up.length,
    negatives: down.length,
  };
}

/**
 * Indices of at most `limit` points of a curve inside the unit square that draw the same picture.
 * A point is kept when the path from the last kept one to it is at least a step long (|dx| + |dy|), so no
 * dropped point lies farther than a step from the drawn line; the step starts at 2 / limit and doubles
 * until the points fit. First and last are always kept.
 */
export function thinnedIndices(x: ArrayLike<number>, y: ArrayLike<number>, limit: number): number[] {
  if (x.length <= limit) return Array.from(x, (_, index) => index);
  for (let step = 2 / limit; ; step *= 2) {
    const kept = indicesByStep(x, y, step);
    if (kept.length <= Math.max(2, limit)) return kept;
  }
}

function indicesByStep(x: ArrayLike<number>, y: ArrayLike<number>, step: number): number[] {
  const kept = [0];
  let path = 0;
  for (let i = 1; i < x.length; i++) {
    path += Math.abs(x[i]! - x[i - 1]!) + Math.abs(y[i]! - y[i - 1]!);
    if (path >= step || i === x.length - 1) {
      kept.push(i);
      path = 0;
    }
  }
  return kept;
}
