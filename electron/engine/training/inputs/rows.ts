import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The inputs of a stage in memory, one row per item: cached features, feature maps, or pixels. */
export interface Rows {
  kind: 'features' | 'pixels';
  count: number;
  /** Shape of one row. */
  shape: number[];
  data: Float32Array | Uint8Array;
  /** Rows computed from augmented pictures, for training: epochs take turns through them. */
  variants?: Variants;
}

export interface Variants {
  /** Row in `data` of each position, -1 where there is none. */
  rowOf: Int32Array;
  /** One array per variant. */
  data: Float32Array[];
}

/**
 * Rows at `positions` as a float32 tensor `[positions.length, ...shape]`. With an epoch, augmented variants take
 * the place of the plain rows where there are any.
 */
export function takeRows(rows: Rows, positions: Int32Array, epoch?: number): Tensor {
  const width = rows.shape.reduce((product, size) => product * size, 1);
  const values = new Float32Array(positions.length * width);
  const variant = epoch === undefined ? undefined : rows.variants?.data[epoch % rows.variants.data.length];
  positions.forEach((position, row) => {
    const varied = rows.variants?.rowOf[position] ?? -1;
    const [source, at] = variant && varied >= 0 ? [variant, varied] : [rows.data, position];
    values.set(source.subarray(at * width, (at + 1) * width), row * width);
  });
  return tensor(values, [positions.length, ...rows.shape], 'float32');
}
