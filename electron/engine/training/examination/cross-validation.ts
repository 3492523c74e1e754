import { cast, keep, oneHot, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fitLinearHead, headProbabilities } from './linear-head.ts';
import type { LinearHead } from './linear-head.ts';

/** Strengths of the penalty that are tried, the strongest first: each starts from the one before. */
const widePenalties = [1e-1, 1e-2, 1e-3, 1e-4];

export interface CrossValidated {
  /** Out-of-fold probabilities `[rows * classes]`; NaN for rows in no fold. */
  p: Float32Array;
  /** The penalty with the lowest out-of-fold log loss. */
  l2: number;
  logLoss: number;
  /** Under that penalty, the head that was trained without each fold. */
  heads: LinearHead[];
}

export interface CrossValidationData {
  /** `[rows * columns]`, as `centredToUnit` gives them: else the penalties mean little. */
  features: Float32Array;
  columns: number;
  /** Class per row, -1 for none. */
  y: Int32Array;
  classes: number;
  /** Fold per row, -1 for none. */
  folds: Int32Array;
  /** Strengths to try, the strongest first; by default a wide range. */
  penalties?: readonly number[];
  /** Where the search for each fold's head starts: a head of the same shape that has not seen the fold. */
  start?: readonly LinearHead[];
  /** Length of the gradient at which the search for a head ends. */
  tolerance?: number;
}

/**
 * Probabilities of every row from a linear head that was trained without the row's fold. The strength of its
 * penalty is the one under which the held-out labels are likeliest.
 */
export async function crossValidate(
  { features, columns, y, classes, folds, penalties = widePenalties, start, tolerance }: CrossValidationData,
  between: () => Promise<void>,
  onFit: (done: number, total: number) => void,
): Promise<CrossValidated> {
  const count = Math.max(...folds) + 1;
  const data = tidy(() => ({
    x: keep(tensor2d(features, [y.length, columns])),
    target: keep(cast(oneHot(tensor1d(y, 'int32'), classes), 'float32') as Tensor2D),
  }));
  try {
    let best: CrossValidated | null = null;
    const heads: LinearHead[] = [];
    for (const [tried, l2] of penalties.entries()) {
      const p = new Float32Array(y.length * classes).fill(NaN);
      for (let fold = 0; fold < count; fold++) {
        const weights = folds.map((of) => Number(of >= 0 && of !== fold));
        const head = await fitLinearHead(
          data,
          weights,
          l2,
          heads[fold] ?? start?.[fold] ?? null,
          between,
          tolerance,
        );
        heads[fold] = head;
        takeFold(data.x, head, folds, fold, classes, p);
        onFit(tried * count + fold + 1, penalties.length * count);
      }
      const logLoss = meanLogLoss(p, y, folds, classes);
      if (best && logLoss >= best.logLoss) break; // Weaker penalties only get worse from here.
      best = { p, l2, logLoss, heads: [...heads] };
    }
    return best!;
  } finally {
    data.x.dispose();
    data.target.dispose();
  }
}

function takeFold(
  x: Tensor2D,
  head: LinearHead,
  folds: Int32Array,
  fold: number,
  classes: number,
  p: Float32Array,
): void {
  const output = tidy(() => headProbabilities(x, head, classes));
  const values = output.dataSync<'float32'>();
  output.dispose();
  folds.forEach((of, row) => {
    if (of === fold) p.set(values.subarray(row * classes, (row + 1) * classes), row * classes);
  });
}

function meanLogLoss(p: Float32Array, y: Int32Array, folds: Int32Array, classes: number): number {
  let loss = 0;
  let rows = 0;
  folds.forEach((fold, row) => {
    if (fold < 0) return;
    loss -= Math.log(Math.max(p[row * classes + y[row]!]!, 1e-12));
    rows++;
  });
  return loss / Math.max(1, rows);
}

/** Columns around 0, rows of length 1 in the mean of squares: a penalty then means the same on any backbone. */
export function centredToUnit(features: Float32Array, columns: number): Float32Array {
  const rows = features.length / columns;
  const means = new Float64Array(columns);
  for (let at = 0; at < features.length; at++) means[at % columns]! += features[at]! / rows;
  let squares = 0;
  const moved = features.map((value, at) => value - means[at % columns]!);
  for (const value of moved) squares += value * value;
  const scale = squares > 0 ? Math.sqrt(rows / squares) : 0;
  return moved.map((value) => value * scale);
}
