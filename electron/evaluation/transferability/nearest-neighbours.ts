import { proportion, type Proportion } from '../significance/wilson.ts';
import { checkFeatures, type LabelledFeatures } from './features.ts';
import { gram, normalizedRows } from './matrix.ts';

export const NEIGHBOURS = 5;

/**
 * Leave-one-out accuracy of the k nearest neighbours by cosine similarity: every row is judged by the others,
 * the majority of its `k` nearest wins, of equal majorities the nearer one. Costs rows^2 x columns steps. Null
 * with fewer than two rows.
 */
export function nearestNeighbourAccuracy(labelled: LabelledFeatures, k = NEIGHBOURS): Proportion | null {
  checkFeatures(labelled);
  const { features, y, classes } = labelled;
  const { rows } = features;
  if (rows < 2) return null;
  const similarity = gram(normalizedRows(features));
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const neighbours = nearest(similarity.subarray(row * rows, (row + 1) * rows), row, k);
    correct += Number(
      majority(
        neighbours.map((index) => y[index]!),
        classes,
      ) === y[row],
    );
  }
  return proportion(correct, rows);
}

/** Indices of the `k` largest similarities except `self`, nearest first; of equal ones the lower index. */
function nearest(similarity: Float64Array, self: number, k: number): number[] {
  const best: number[] = [];
  for (let index = 0; index < similarity.length; index++) {
    if (index === self) continue;
    let at = best.length;
    while (at > 0 && similarity[best[at - 1]!]! < similarity[index]!) at--;
    if (at < k) best.splice(at, 0, index);
    if (best.length > k) best.pop();
  }
  return best;
}

/** The most frequent label; of equally frequent ones the one met first, hence nearest. */
function majority(labels: number[], classes: number): number {
  const votes = new Int32Array(classes);
  for (const label of labels) votes[label]! += 1;
  const most = Math.max(...votes);
  return labels.find((label) => votes[label] === most)!;
}
