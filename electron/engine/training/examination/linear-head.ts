import { add, keep, log, matMul, mul, neg, softmax, sub, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { minimize } from './minimize.ts';

/** A softmax regression's parameters: kernel `[columns * classes]` by rows, then one bias per class. */
export type LinearHead = Float64Array;

export interface HeadData {
  /** Features `[rows, columns]`. */
  x: Tensor2D;
  /** One-hot labels `[rows, classes]`; rows of zeros where there is none. */
  target: Tensor2D;
}

const STEPS = 200;
/** Length of the gradient at which the search ends, unless the caller is content with more. */
const TOLERANCE = 1e-5;
/** Keeps the logarithm finite. */
const LEAST = 1e-30;

/**
 * The softmax regression that minimises the weighted mean cross-entropy plus l2 / 2 times the squared kernel.
 * Rows of weight 0 take no part. Every call with tensors of the same shapes runs the same compiled step.
 */
export async function fitLinearHead(
  { x, target }: HeadData,
  weights: ArrayLike<number>,
  l2: number,
  start: LinearHead | null,
  between: () => Promise<void>,
  tolerance = TOLERANCE,
): Promise<LinearHead> {
  const [, columns] = x.shape;
  const classes = target.shape[1];
  const total = Array.from(weights).reduce((all, weight) => all + weight, 0);
  const share = tidy(() =>
    keep(
      tensor2d(
        Float32Array.from(weights, (weight) => weight / total),
        [weights.length, 1],
      ),
    ),
  );
  const objective = (head: LinearHead) => {
    const [loss, kernel, bias]: readonly [Tensor, Tensor, Tensor] = tidy(() => {
      const p = headProbabilities(x, head, classes);
      const losses = mul(neg(sum(mul(target, log(add(p, LEAST))), 1, true)), share);
      const residual = mul(sub(p, target), share) as Tensor2D;
      // [classes, columns]: turning the few residuals round takes a quarter of the time that turning x would.
      return [sum(losses), matMul(residual, x, true, false), sum(residual, 0)] as const;
    });
    const value = (loss.dataSync()[0] as number) + penalty(head, columns * classes, l2);
    const gradient = Float64Array.from(head, (weight, i) => (i < columns * classes ? l2 * weight : 0));
    kernel.dataSync<'float32'>().forEach((slope, i) => {
      gradient[(i % columns) * classes + Math.floor(i / columns)]! += slope;
    });
    bias.dataSync<'float32'>().forEach((slope, i) => (gradient[columns * classes + i]! += slope));
    for (const tensor of [loss, kernel, bias]) tensor.dispose();
    return { value, gradient };
  };
  const from = start ?? new Float64Array((columns + 1) * classes);
  try {
    return await minimize(objective, from, { steps: STEPS, tolerance }, between);
  } finally {
    share.dispose();
  }
}

/** Probabilities `[rows, classes]` of a head. */
export function headProbabilities(x: Tensor2D, head: LinearHead, classes: number): Tensor2D {
  const [, columns] = x.shape;
  const kernel = tensor2d(Float32Array.from(head.subarray(0, columns * classes)), [columns, classes]);
  const bias = tensor2d(Float32Array.from(head.subarray(columns * classes)), [1, classes]);
  return softmax(add(matMul(x, kernel), bias)) as Tensor2D;
}

function penalty(head: LinearHead, kernel: number, l2: number): number {
  let squares = 0;
  for (let i = 0; i < kernel; i++) squares += head[i]! ** 2;
  return (l2 / 2) * squares;
}
