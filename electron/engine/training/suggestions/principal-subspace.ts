import { matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { seededRandom } from '../../../../shared/random.ts';

/** Rounds of the iteration: enough for directions that matter to a head to stand out from the rest. */
const ROUNDS = 3;

/**
 * An orthonormal basis `[size, columns]` of the directions in which rows vary most, found by subspace iteration from
 * a random start (Halko, Martinsson & Tropp 2011, https://arxiv.org/abs/0909.4061, algorithm 4.4).
 * @param centred `[rows * columns]` with columns of mean 0; at least `size` rows
 */
export function principalSubspace(
  centred: Float32Array,
  columns: number,
  size: number,
  seed: number,
): Float32Array {
  const random = seededRandom(seed);
  let basis = orthonormal(
    Float32Array.from({ length: size * columns }, () => random() - 0.5),
    columns,
  );
  for (let round = 0; round < ROUNDS; round++) {
    const turned = tidy(() => {
      const x = tensor2d(centred, [centred.length / columns, columns]);
      const along = matMul(tensor2d(basis, [size, columns]), x, false, true);
      return matMul(along, x);
    });
    basis = orthonormal(turned.dataSync<'float32'>().slice(), columns);
    turned.dispose();
  }
  return basis;
}

/** Rows of length 1 at right angles to each other with the same span, by modified Gram-Schmidt, in place. */
function orthonormal(rows: Float32Array, columns: number): Float32Array {
  const vectors = Array.from({ length: rows.length / columns }, (_, at) =>
    rows.subarray(at * columns, (at + 1) * columns),
  );
  vectors.forEach((vector, at) => {
    scale(vector, 1 / (Math.sqrt(dot(vector, vector)) || 1));
    for (const later of vectors.slice(at + 1)) {
      const along = dot(later, vector);
      for (let i = 0; i < columns; i++) later[i]! -= along * vector[i]!;
    }
  });
  return rows;
}

function scale(vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
