import type { FeatureMatrix } from './features.ts';

/** Dense matrices in row order. Loops are written out because these are the hot ones. */

/** A copy with the mean of every column taken away. */
export function centred({ values, rows, columns }: FeatureMatrix): FeatureMatrix {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) means[j]! += values[i * columns + j]! / rows;
  const moved = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) moved[i * columns + j] = values[i * columns + j]! - means[j]!;
  }
  return { values: moved, rows, columns };
}

/** A copy with every row scaled to length 1; rows of zeros stay. */
export function normalizedRows({ values, rows, columns }: FeatureMatrix): FeatureMatrix {
  const scaled = Float64Array.from(values);
  for (let i = 0; i < rows; i++) {
    const row = scaled.subarray(i * columns, (i + 1) * columns);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let j = 0; j < columns; j++) row[j]! /= length;
  }
  return { values: scaled, rows, columns };
}

export function transposed({ values, rows, columns }: FeatureMatrix): FeatureMatrix {
  const turned = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j]!;
  return { values: turned, rows: columns, columns: rows };
}

/** Products of all pairs of rows: X X^T, `[rows * rows]`. */
export function gram({ values, rows, columns }: FeatureMatrix): Float64Array {
  const x = Float64Array.from(values);
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0, a = i * columns, b = j * columns; k < columns; k++) sum += x[a + k]! * x[b + k]!;
      products[i * rows + j] = sum;
      products[j * rows + i] = sum;
    }
  }
  return products;
}

/** X b for one column b, `[rows]`. */
export function timesVector({ values, rows, columns }: FeatureMatrix, b: ArrayLike<number>): Float64Array {
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += values[i * columns + j]! * b[j]!;
    result[i] = sum;
  }
  return result;
}

/**
 * The lower triangle L with L L^T = a, for a symmetric positive definite `a` of `size` rows.
 * Throws `RangeError` when it is not positive definite.
 */
export function cholesky(a: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i === j && !(sum > 0)) throw new RangeError(`the matrix is not positive definite (row ${i})`);
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / lower[j * size + j]!;
    }
  }
  return lower;
}

/** Solves L x = b: with `lower` of `cholesky(a)`, the squared length of x is b^T a^-1 b. */
export function solveLower(lower: Float64Array, size: number, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * x[k]!;
    x[i] = sum / lower[i * size + i]!;
  }
  return x;
}

export function squaredLength(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
