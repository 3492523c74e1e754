import { basename, dirname } from 'node:path';

/** What every weight format is read as: a list of tensors, and a way to read one of them. */

export interface WeightTensor {
  /** As the format names it, brought to Keras' form `layer/weight` where the format is Keras'. */
  name: string;
  shape: number[];
  /** Element type in the file, e.g. `F32`. */
  dtype: string;
  /** Size of the data as float32 in memory. */
  bytes: number;
}

export interface WeightSource {
  format: string;
  path: string;
  /** The files that hold the values, in order. */
  files: readonly string[];
  tensors: readonly WeightTensor[];
  /** Row of the zoo that the names tell of themselves; without it, names and shapes are compared with every row. */
  architecture?: string;
  /**
   * The values of one tensor as float32, row-major.
   * @throws GraftError weights.*; Error for a name that is not in `tensors`
   */
  read(name: string): Promise<Float32Array>;
  close(): void;
}

export interface WeightFormat {
  id: string;
  /** What the format is called among people. */
  title: string;
  /** Whether a file is of this format, by its first bytes (at least 512, or all it has). */
  match(head: Buffer, path: string): boolean;
  /** @throws GraftError file.*, weights.* */
  open(path: string): Promise<WeightSource>;
}

/** Far more than the largest network of the zoo has (VGG19 with its classifier: 575 MB). */
export const maxTensorBytes = 4 * 2 ** 30;
export const maxTensors = 20_000;
export const maxRank = 8;

/** A model.json says nothing by its name; the folder it lies in does. */
export function sourceName(path: string): string {
  return basename(path) === 'model.json' ? basename(dirname(path)) : basename(path);
}

/** Number of elements of a shape, or NaN for a shape no tensor can have. */
export function elementsOf(shape: readonly number[]): number {
  if (shape.length > maxRank) return NaN;
  const count = shape.reduce(
    (product, size) => product * (Number.isInteger(size) && size >= 0 ? size : NaN),
    1,
  );
  return Number.isSafeInteger(count) ? count : NaN;
}
