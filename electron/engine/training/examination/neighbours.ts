import { keep, matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { seededRandom, shuffle } from '../../../../shared/random.ts';

/** Rows compared with all others in one product. */
const block = 512;
/** Beyond this many rows, neighbours are looked for among a sample of this size: the work grows with its product. */
export const mostReferences = 20_000;

export interface Neighbours {
  /** Mean cosine distance (0 to 2) to the `k` nearest other rows, `[rows]`. */
  distances: Float32Array;
  /** Nearest other row, `[rows]`; -1 when there is none. */
  nearest: Int32Array;
  /** Cosine similarity to it. */
  similarity: Float32Array;
}

/**
 * The `k` nearest neighbours of every row by cosine similarity. Rows of the same group (copies of one picture) are
 * no neighbours in `distances`, else an odd picture with a copy would pass for usual.
 */
export async function nearestNeighbours(
  features: Float32Array,
  columns: number,
  groups: Int32Array,
  { k, seed }: { k: number; seed: number },
  between: () => Promise<void>,
): Promise<Neighbours> {
  const rows = features.length / columns;
  const unit = unitRows(features, columns);
  const references = referenceRows(rows, seed);
  const kept = new Float32Array(references.length * columns);
  references.forEach((row, at) => kept.set(unit.subarray(row * columns, (row + 1) * columns), at * columns));
  const all = tidy(() => keep(tensor2d(kept, [references.length, columns])));
  const found: Neighbours = {
    distances: new Float32Array(rows).fill(NaN),
    nearest: new Int32Array(rows).fill(-1),
    similarity: new Float32Array(rows).fill(-1),
  };
  try {
    for (let start = 0; start < rows; start += block) {
      await between();
      const count = Math.min(block, rows - start);
      const padded = new Float32Array(block * columns);
      padded.set(unit.subarray(start * columns, (start + count) * columns));
      const products = tidy(() => matMul(tensor2d(padded, [block, columns]), all, false, true));
      const values = products.dataSync<'float32'>();
      products.dispose();
      for (let at = 0; at < count; at++) {
        const similarities = values.subarray(at * references.length, (at + 1) * references.length);
        takeNearest(found, start + at, similarities, references, groups, k);
      }
    }
  } finally {
    all.dispose();
  }
  return found;
}

function takeNearest(
  found: Neighbours,
  row: number,
  similarities: Float32Array,
  references: Int32Array,
  groups: Int32Array,
  k: number,
): void {
  const best: number[] = [];
  let bestAny = -2;
  for (let at = 0; at < similarities.length; at++) {
    const other = references[at]!;
    const value = similarities[at]!;
    if (other === row) continue;
    if (value > bestAny) {
      bestAny = value;
      found.nearest[row] = other;
      found.similarity[row] = value;
    }
    if (groups[other] === groups[row] || (best.length === k && value <= best[k - 1]!)) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]! < value) place--;
    best.splice(place, 0, value);
    if (best.length > k) best.pop();
  }
  if (best.length > 0) found.distances[row] = 1 - best.reduce((sum, value) => sum + value, 0) / best.length;
}

function referenceRows(rows: number, seed: number): Int32Array {
  const order = Array.from({ length: rows }, (_, row) => row);
  if (rows <= mostReferences) return Int32Array.from(order);
  return Int32Array.from(shuffle(order, seededRandom(seed)).slice(0, mostReferences)).sort();
}

function unitRows(features: Float32Array, columns: number): Float32Array {
  const unit = features.slice();
  for (let start = 0; start < unit.length; start += columns) {
    const row = unit.subarray(start, start + columns);
    let squares = 0;
    for (const value of row) squares += value * value;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let at = 0; at < columns; at++) row[at]! *= scale;
  }
  return unit;
}
