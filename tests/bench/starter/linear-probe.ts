/** A linear classifier on frozen features: softmax regression with L2, solved on all rows at once. */

/** Rows of features in one array, `[rows * width]`, and the class of each. */
export interface Rows {
  values: Float32Array;
  width: number;
  labels: Int32Array;
}

export interface LinearProbe {
  weights: Float64Array;
  bias: Float64Array;
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
  const probes = strengths.map((strength) => fitProbe(ready, classes, strength));
  const scores = probes.map((probe) => accuracy(probe, val, classes));
  const best = probes[scores.indexOf(Math.max(...scores))]!;
  return accuracy(best, final, classes);
}

/** Nesterov's accelerated gradient (1983) with the step that the curvature allows. */
export function fitProbe({ values, width, labels }: Rows, classes: number, strength: number): LinearProbe {
  const rows = labels.length;
  const size = classes * width;
  const weights = new Float64Array(size);
  const bias = new Float64Array(classes);
  const [ahead, aheadBias] = [weights.slice(), bias.slice()];
  // Softmax curves by at most a half times the largest eigenvalue of the rows' second moments.
  const step = 1 / (0.5 * (largestEigenvalue(values, width) + 1) + strength);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const gradient = new Float64Array(size);
    const biasGradient = new Float64Array(classes);
    for (let row = 0; row < rows; row++) {
      const x = values.subarray(row * width, (row + 1) * width);
      const shares = softmaxOf(x, ahead, aheadBias, classes);
      for (let k = 0; k < classes; k++) {
        const error = (shares[k]! - (labels[row] === k ? 1 : 0)) / rows;
        biasGradient[k]! += error;
        for (let j = 0; j < width; j++) gradient[k * width + j]! += error * x[j]!;
      }
    }
    const push = (iteration - 1) / (iteration + 2);
    descend(weights, ahead, gradient, step, push, strength);
    descend(bias, aheadBias, biasGradient, step, push, 0);
  }
  return { weights, bias };
}

/** One step from the point looked ahead to, which then moves on. */
function descend(
  values: Float64Array,
  ahead: Float64Array,
  gradient: Float64Array,
  step: number,
  push: number,
  strength: number,
): void {
  for (let i = 0; i < values.length; i++) {
    const next = ahead[i]! - step * (gradient[i]! + strength * ahead[i]!);
    ahead[i] = next + push * (next - values[i]!);
    values[i] = next;
  }
}

function softmaxOf(
  x: Float32Array,
  weights: Float64Array,
  bias: Float64Array,
  classes: number,
): Float64Array {
  const scores = Float64Array.from(bias);
  for (let k = 0; k < classes; k++)
    for (let j = 0; j < x.length; j++) scores[k]! += weights[k * x.length + j]! * x[j]!;
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

const powerSteps = 20;

/** Of the rows' second moments, by power iteration. */
function largestEigenvalue(values: Float32Array, width: number): number {
  const rows = values.length / width;
  let direction = new Float64Array(width).fill(1 / Math.sqrt(width));
  let length = 1;
  for (let i = 0; i < powerSteps; i++) {
    const next = new Float64Array(width);
    for (let row = 0; row < rows; row++) {
      const x = values.subarray(row * width, (row + 1) * width);
      const along = x.reduce((sum, value, j) => sum + value * direction[j]!, 0) / rows;
      for (let j = 0; j < width; j++) next[j]! += along * x[j]!;
    }
    length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0)) || 1;
    direction = next.map((value) => value / length);
  }
  return length;
}

export function accuracy(
  { weights, bias }: LinearProbe,
  { values, width, labels }: Rows,
  classes: number,
): number {
  let right = 0;
  labels.forEach((label, row) => {
    const shares = softmaxOf(values.subarray(row * width, (row + 1) * width), weights, bias, classes);
    if (shares.indexOf(Math.max(...shares)) === label) right++;
  });
  return right / labels.length;
}
