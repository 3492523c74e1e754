import { checkFeatures, type FeatureMatrix, type LabelledFeatures } from './features.ts';
import { centred, cholesky, gram, solveLower, squaredLength, timesVector, transposed } from './matrix.ts';

/**
 * Regularised H-score (Bao et al. 2019; shrunk as in Ibrahim et al. 2022, with Ledoit & Wolf's 2004 amount):
 * tr(cov(features)^-1 cov(class means)), how far the classes stand apart measured in the spread of the features.
 * At most classes - 1, higher is better. `shrinkage` in [0, 1] replaces the estimated amount. Null without rows
 * or when the features do not vary. Throws `RangeError` when 0 is asked for and the covariance is singular.
 */
export function hScore(labelled: LabelledFeatures, shrinkage?: number): number | null {
  checkFeatures(labelled);
  const x = centred(labelled.features);
  const { rows, columns } = x;
  const meanVariance = squaredLength(Float64Array.from(x.values)) / (rows * columns);
  if (!(meanVariance > 0)) return null;
  const product = gram(rows < columns ? x : transposed(x));
  const amount = shrinkage ?? ledoitWolf(x, product, meanVariance);
  const inverse = inverseForm(x, product, amount, meanVariance);
  const means = classMeans(x, labelled.y, labelled.classes);
  return (1 - amount) * means.reduce((sum, { mean, share }) => sum + share * inverse(mean), 0);
}

/**
 * Ledoit & Wolf's shrinkage towards the mean variance, for centred features. `product` is X X^T or X^T X: both
 * have the same squared entries in sum.
 */
export function ledoitWolf(
  { values, rows, columns }: FeatureMatrix,
  product: Float64Array,
  meanVariance: number,
): number {
  const squaredCovariance = squaredLength(product) / rows ** 2;
  const distance = squaredCovariance - columns * meanVariance ** 2;
  let fourth = 0;
  for (let i = 0; i < rows; i++) {
    let length = 0;
    for (let j = 0; j < columns; j++) length += values[i * columns + j]! ** 2;
    fourth += length ** 2;
  }
  const noise = (fourth / rows - squaredCovariance) / rows;
  return distance > 0 ? Math.min(1, Math.max(0, noise / distance)) : 1;
}

/** b -> b^T C^-1 b for C = (1 - amount) X^T X / rows + amount meanVariance 1, through the smaller product. */
function inverseForm(
  x: FeatureMatrix,
  product: Float64Array,
  amount: number,
  meanVariance: number,
): (b: Float64Array) => number {
  const { rows, columns } = x;
  const ridge = amount * meanVariance;
  const size = Math.min(rows, columns);
  const scaled = product.map((value) => ((1 - amount) * value) / rows);
  for (let i = 0; i < size; i++) scaled[i * size + i]! += ridge;
  const lower = cholesky(scaled, size);
  if (rows >= columns) return (b) => squaredLength(solveLower(lower, size, b));
  // Woodbury: C^-1 = (1 - s X^T (s X X^T + ridge)^-1 X) / ridge with s = (1 - amount) / rows.
  return (b) => {
    const reduced = squaredLength(solveLower(lower, size, timesVector(x, b)));
    return (squaredLength(b) - ((1 - amount) / rows) * reduced) / ridge;
  };
}

function classMeans({ values, columns }: FeatureMatrix, y: ArrayLike<number>, classes: number) {
  const sums = Array.from({ length: classes }, () => ({ count: 0, mean: new Float64Array(columns) }));
  for (let row = 0; row < y.length; row++) {
    const sum = sums[y[row]!]!;
    sum.count += 1;
    for (let j = 0; j < columns; j++) sum.mean[j]! += values[row * columns + j]!;
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ count, mean }) => ({ share: count / y.length, mean: mean.map((value) => value / count) }));
}
