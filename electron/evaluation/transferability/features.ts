import { seededRandom, shuffle } from '../../../shared/random.ts';

/** Features of items, one row each: `values` is `[rows * columns]`. */
export interface FeatureMatrix {
  values: ArrayLike<number>;
  rows: number;
  columns: number;
}

/** Features with the class of each row, every class known. */
export interface LabelledFeatures {
  features: FeatureMatrix;
  /** Class index per row, `[rows]`, 0 to `classes` - 1. */
  y: ArrayLike<number>;
  classes: number;
}

/** Throws `RangeError` when lengths do not fit together or a label is outside the classes. */
export function checkFeatures({ features, y, classes }: LabelledFeatures): void {
  const { values, rows, columns } = features;
  if (values.length !== rows * columns) {
    throw new RangeError(
      `${rows} rows of ${columns} features need ${rows * columns} values, received ${values.length}`,
    );
  }
  if (y.length !== rows) throw new RangeError(`${rows} rows need as many labels, received ${y.length}`);
  for (let row = 0; row < rows; row++) {
    const label = y[row]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new RangeError(`row ${row} has label ${label}`);
  }
}

/** The given rows as a matrix of their own. */
export function selectRows({ values, columns }: FeatureMatrix, rows: ArrayLike<number>): FeatureMatrix {
  const selected = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns; j++) selected[i * columns + j] = values[rows[i]! * columns + j]!;
  }
  return { values: selected, rows: rows.length, columns };
}

/**
 * At most `limit` rows, drawn evenly from the classes (small classes entirely), in ascending order: the
 * estimates here cost the square or cube of the rows, and a thousand rows say enough.
 */
export function sampleRows(y: ArrayLike<number>, classes: number, limit: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const members = Array.from({ length: classes }, () => new Array<number>());
  for (let row = 0; row < y.length; row++) members[y[row]!]?.push(row);
  for (const rows of members) shuffle(rows, random);
  const chosen: number[] = [];
  for (let turn = 0; chosen.length < limit && turn < y.length; turn++) {
    for (const rows of members) if (turn < rows.length && chosen.length < limit) chosen.push(rows[turn]!);
  }
  return Int32Array.from(chosen).sort();
}
