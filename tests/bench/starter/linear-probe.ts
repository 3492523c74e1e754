/** A linear classifier on frozen features: softmax regression with L2, solved on all rows at once. */
import {
  add,
  dispose,
  matMul,
  mul,
  scalar,
  softmax,
  sub,
  sum,
  tensor,
  tidy,
  transpose,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { withStep } from '../../../electron/engine/backend/index.ts';

/** Rows of features in one array, `[rows * width]`, and the class of each. */
export interface Rows {
  values: Float32Array;
  width: number;
  labels: Int32Array;
}

const iterations = 300;
/** Of the mean loss's penalty; the best on validation is taken, as Kornblith et al. 2019 do. */
export const strengths = [1, 0.1, 0.01, 0.001, 0.0001] as const;

/** Means and deviations of the training rows put every feature on one scale, for all sets alike. */
export function standardize(train: Rows, ...others: Rows[]): Rows[] {
  const { width } = train;
  const count = train.labels.length;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  train.values.forEach((value, at) => (mean[at % width]! += value / count));
  train.values.forEach((value, at) => (deviation[at % width]! += (value - mean[at % width]!) ** 2 / count));
  const scale = deviation.map((square) => (square > 1e-10 ? 1 / Math.sqrt(square) : 0));
  return [train, ...others].map((rows) => ({
    ...rows,
    values: rows.values.map((value, at) => (value - mean[at % width]!) * scale[at % width]!),
  }));
}

/** Accuracy on test of the probe whose L2 strength does best on validation. */
export function probeAccuracy(train: Rows, validation: Rows, test: Rows, classes: number): number {
  const [ready, val, final] = standardize(train, validation, test) as [Rows, Rows, Rows];
  const probes = fitProbes(ready, classes);
  const scores = accuracies(probes, val, classes);
  const best = accuracies(probes, final, classes)[scores.indexOf(Math.max(...scores))]!;
  dispose(probes);
  return best;
}

/**
 * One probe for each strength, side by side: `[width + 1, strengths * classes]`, the last row the biases.
 * Nesterov's accelerated gradient (1983), with the step that the curvature allows.
 */
export function fitProbes(rows: Rows, classes: number): Tensor2D {
  const count = rows.labels.length;
  const x = matrix(rows);
  const target = targets(rows.labels, classes);
  const penalty = penalties(rows.width, classes);
  // Softmax curves by at most a half times the largest eigenvalue of the rows' second moments.
  const step = 1 / (0.5 * largestEigenvalue(rows) + strengths[0]);
  const shape: [number, number] = [rows.width + 1, strengths.length * classes];
  const [weights, ahead] = [variable(zeros(shape)), variable(zeros(shape))] as Variable[] as [
    Variable,
    Variable,
  ];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const push = scalar((iteration - 1) / (iteration + 2));
    withStep(() => tidy(() => descend(weights, ahead, push)));
    push.dispose();
  }
  dispose([x, target, penalty, ahead]);
  return weights as unknown as Tensor2D;

  /** One step from the point looked ahead to, which then moves on. */
  function descend(weights: Variable, ahead: Variable, push: Tensor): void {
    const shares = softmax(
      matMul(x, ahead as unknown as Tensor2D).reshape([count, strengths.length, classes]),
    );
    const error = sub(shares, target).reshape([count, shape[1]]) as Tensor2D;
    const gradient = add(mul(matMul(transpose(x), error), 1 / count), mul(ahead, penalty));
    const next = sub(ahead, mul(gradient, step));
    ahead.assign(add(next, mul(sub(next, weights), push)));
    weights.assign(next);
  }
}

/** Features with a column of ones, which carries the bias. */
function matrix({ values, width, labels }: Rows): Tensor2D {
  const padded = new Float32Array(labels.length * (width + 1)).fill(1);
  labels.forEach((_, row) => padded.set(values.subarray(row * width, (row + 1) * width), row * (width + 1)));
  return tensor(padded, [labels.length, width + 1]) as Tensor2D;
}

function targets(labels: Int32Array, classes: number): Tensor {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => (rows[row * classes + label] = 1));
  return tensor(rows, [labels.length, 1, classes]);
}

/** Each probe's strength over its columns; biases are not pulled. */
function penalties(width: number, classes: number): Tensor {
  const row = strengths.flatMap((strength) => new Array<number>(classes).fill(strength));
  const all = Array.from({ length: width + 1 }, (_, at) => (at < width ? row : row.map(() => 0)));
  return tensor(all.flat(), [width + 1, row.length]);
}

const powerSteps = 20;

/** Of the rows' second moments with the column of ones, by power iteration. */
function largestEigenvalue(rows: Rows): number {
  const x = matrix(rows);
  let direction = tensor(new Float32Array(rows.width + 1).fill(1), [rows.width + 1, 1]) as Tensor2D;
  let length = 1;
  for (let i = 0; i < powerSteps; i++) {
    const next = tidy(() => mul(matMul(transpose(x), matMul(x, direction)), 1 / rows.labels.length));
    length = Math.sqrt(tidy(() => sum(mul(next, next))).dataSync()[0]!) || 1;
    dispose(direction);
    direction = tidy(() => mul(next, 1 / length)) as Tensor2D;
    next.dispose();
  }
  dispose([x, direction]);
  return length;
}

/** Of each probe. */
export function accuracies(probes: Tensor2D, rows: Rows, classes: number): number[] {
  const x = matrix(rows);
  const product = matMul(x, probes);
  const logits = product.dataSync<'float32'>();
  dispose([x, product]);
  return strengths.map((_, probe) => {
    const right = rows.labels.filter((label, row) => {
      const from = (row * strengths.length + probe) * classes;
      const own = logits.subarray(from, from + classes);
      return own.indexOf(Math.max(...own)) === label;
    });
    return right.length / rows.labels.length;
  });
}
