import { add, div, logSoftmax, mul, neg, scalar, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';

/**
 * Targets `[rows, classes]` for labels, with label smoothing (Szegedy et al. 2016,
 * https://arxiv.org/abs/1512.00567): the true class gets 1 - smoothing + smoothing / classes.
 */
export function targets(labels: ArrayLike<number>, classes: number, smoothing: number): Float32Array {
  const rows = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (let row = 0; row < labels.length; row++) {
    const place = row * classes + (labels[row] as number);
    rows[place] = (rows[place] as number) + 1 - smoothing;
  }
  return rows;
}

/** Cross-entropy of each row: `[rows, classes]` logits and targets to `[rows]`. */
export function crossEntropy(logits: Tensor2D, target: Tensor2D): Tensor1D {
  return neg(sum(mul(target, logSoftmax(logits)), -1)) as Tensor1D;
}

/** Weighted mean over the rows; rows of weight 0 do not count. */
export function weightedMean(values: Tensor, weights: Tensor): Scalar {
  return div(sum(mul(values, weights)), sum(weights)) as Scalar;
}

/** `strength` times the sum of squares of every kernel (not of biases, gammas and betas). */
export function l2Penalty(variables: readonly Variable[], strength: number): Scalar {
  const kernels = variables.filter((variable) => variable.rank > 1);
  const squares = kernels.map((kernel) => sum(square(kernel)));
  return mul(
    squares.reduce<Tensor>((total, value) => add(total, value), scalar(0)),
    strength,
  ) as Scalar;
}

/**
 * `strength` times the sum of squared distances of kernels from where they started (L2-SP, Li et al. 2018,
 * https://arxiv.org/abs/1802.01483), and of those without a start from zero.
 */
export function l2spPenalty(
  variables: readonly Variable[],
  anchors: ReadonlyMap<string, Tensor>,
  strength: number,
): Scalar {
  const squares = variables
    .filter((variable) => variable.rank > 1)
    .map((kernel) => {
      const start = anchors.get(kernel.name);
      return sum(square(start ? sub(kernel, start) : kernel));
    });
  return mul(
    squares.reduce<Tensor>((total, value) => add(total, value), scalar(0)),
    strength,
  ) as Scalar;
}

/**
 * Weight of each class so that all weigh the same in the loss: n / (classes * count), the rule scikit-learn
 * calls `balanced`. A class with no item gets 0.
 */
export function balancedWeights(labels: ArrayLike<number>, classes: number): Float32Array {
  const counts = new Float32Array(classes);
  for (let i = 0; i < labels.length; i++)
    counts[labels[i] as number] = (counts[labels[i] as number] as number) + 1;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (classes * count)));
}
