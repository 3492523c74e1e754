import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The inputs of a stage in memory, one row per item: cached features, feature maps, or pixels. */
export interface Rows {
  kind: 'features' | 'pixels';
  count: number;
  /** Shape of one row. */
  shape: number[];
  data: Float32Array | Uint8Array;
}

/** Rows at `positions` as a float32 tensor `[positions.length, ...shape]`. */
export function takeRows({ data, shape }: Rows, positions: Int32Array): Tensor {
  const width = shape.reduce((product, size) => product * size, 1);
  const values = new Float32Array(positions.length * width);
  for (let row = 0; row < positions.length; row++) {
    const start = (positions[row] as number) * width;
    values.set(data.subarray(start, start + width), row * width);
  }
  return tensor(values, [positions.length, ...shape], 'float32');
}
