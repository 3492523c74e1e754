/** Runs a finished ONNX file as anybody else would: nothing of the lazy graph takes part. */
import { createSession } from './runtime.ts';
import type { TypedData } from './runtime.ts';

export interface FloatData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Float32 inputs by name to the outputs whose shapes are given; the model's file is not kept. */
export function runOnnx(
  model: Uint8Array,
  inputs: Readonly<Record<string, FloatData>>,
  outputShapes: Readonly<Record<string, readonly number[]>>,
): Record<string, Float32Array> {
  const session = createSession(model, [], { provider: 'cpu', threads: 0 });
  const typed = (shape: readonly number[], data: Float32Array): TypedData => ({
    type: 'float32',
    shape,
    data,
  });
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, typed(shape, data)]),
  );
  const results = Object.fromEntries(
    Object.entries(outputShapes).map(([name, shape]) => [
      name,
      typed(shape, new Float32Array(sizeOf(shape))),
    ]),
  );
  try {
    session.run(feeds, results);
  } finally {
    session.dispose();
  }
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}
