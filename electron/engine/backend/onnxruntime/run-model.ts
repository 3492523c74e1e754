/** Runs a finished ONNX file as anybody else would: nothing of the lazy graph takes part. */
import { GraftError } from '../../../../shared/errors.ts';
import { createSession } from './runtime.ts';
import type { Session, TypedData } from './runtime.ts';

export interface FloatData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An ONNX file that is kept open to be run many times. */
export interface OnnxSession {
  /** Float32 inputs by name to the outputs whose shapes are given. @throws GraftError engine.graph-failed */
  run(
    inputs: Readonly<Record<string, FloatData>>,
    outputShapes: Readonly<Record<string, readonly number[]>>,
  ): Record<string, Float32Array>;
  dispose(): void;
}

/**
 * Opens a finished ONNX file, on the CPU.
 * @param path of the file, for the message
 * @throws GraftError weights.unsupported when ONNX Runtime cannot open it
 */
export function openOnnx(model: Uint8Array, path: string): OnnxSession {
  let session: Session;
  try {
    session = createSession(model, [], { provider: 'cpu', threads: 0 });
  } catch (error) {
    const feature = `what ONNX Runtime cannot open (${firstLine(error)})`;
    throw new GraftError('weights.unsupported', { path, feature }, { cause: error });
  }
  return {
    run: (inputs, outputShapes) => runSession(session, inputs, outputShapes),
    dispose: () => session.dispose(),
  };
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

function runSession(
  session: Session,
  inputs: Readonly<Record<string, FloatData>>,
  outputShapes: Readonly<Record<string, readonly number[]>>,
): Record<string, Float32Array> {
  const typed = (shape: readonly number[], data: Float32Array): TypedData => ({
    type: 'float32',
    shape,
    data,
  });
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
  } catch (error) {
    const shapes = Object.values(inputs).map(({ shape }) => `[${shape.join(', ')}]`);
    const params = { op: 'an imported network', shapes: shapes.join(' '), detail: firstLine(error) };
    throw new GraftError('engine.graph-failed', params, { cause: error });
  }
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

/** Float32 inputs by name to the outputs whose shapes are given; the model's file is not kept. */
export function runOnnx(
  model: Uint8Array,
  inputs: Readonly<Record<string, FloatData>>,
  outputShapes: Readonly<Record<string, readonly number[]>>,
): Record<string, Float32Array> {
  const session = openOnnx(model, 'the exported model');
  try {
    return session.run(inputs, outputShapes);
  } finally {
    session.dispose();
  }
}
