import { derivedSeed, seededRandom, shuffle } from '../../../../shared/random.ts';

/**
 * Deals rows into `folds` parts for cross-validation, each class evenly (stratified); rows of one group, such as
 * copies of a picture, go together, so that none is judged by a model that saw its twin.
 * @param y class per row, -1 for none: such rows are in no fold (-1)
 * @param groups group per row
 * @param before fold that a row was dealt to earlier, -1 for none: it stays there, and its group with it
 * @returns fold per row, `[rows]`
 */
export function dealFolds(
  y: ArrayLike<number>,
  groups: ArrayLike<number>,
  folds: number,
  seed: number,
  before?: ArrayLike<number>,
): Int32Array {
  const members = new Map<number, number[]>();
  for (let row = 0; row < y.length; row++) {
    if (y[row]! < 0) continue;
    const known = members.get(groups[row]!);
    if (known) known.push(row);
    else members.set(groups[row]!, [row]);
  }
  const byClass = new Map<number, number[][]>();
  for (const rows of members.values()) {
    const label = y[rows[0]!]!;
    const known = byClass.get(label);
    if (known) known.push(rows);
    else byClass.set(label, [rows]);
  }
  const dealt = new Int32Array(y.length).fill(-1);
  for (const [label, clusters] of [...byClass].sort(([a], [b]) => a - b)) {
    const sizes = new Array<number>(folds).fill(0);
    const ordered = shuffle(clusters, seededRandom(derivedSeed(seed, label)));
    const deal = (rows: number[], fold: number): void => {
      sizes[fold]! += rows.length;
      for (const row of rows) dealt[row] = fold;
    };
    const foldOf = (rows: number[]): number => {
      const known = before && rows.find((row) => before[row]! >= 0);
      return known === undefined ? -1 : before![known]!;
    };
    for (const rows of ordered) if (foldOf(rows) >= 0) deal(rows, foldOf(rows));
    for (const rows of ordered.sort((a, b) => b.length - a.length))
      if (foldOf(rows) < 0) deal(rows, sizes.indexOf(Math.min(...sizes)));
  }
  return dealt;
}
