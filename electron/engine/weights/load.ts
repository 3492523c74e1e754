import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { GraftError } from '../../../shared/errors.ts';
import { modelTensors } from './model-tensors.ts';
import type { WeightSource } from './source.ts';

/**
 * Fills a model from a file: every weight of the model must be there under its name, in its shape, finite.
 * Tensors of the file that the model has not are passed over. All names and shapes are checked before anything is
 * read, so that a model is not left half filled by a wrong file.
 * @throws GraftError weights.wrong-architecture, weights.not-finite and what the format throws
 */
export async function loadWeights(model: LayersModel, source: WeightSource): Promise<void> {
  const tensors = modelTensors(model);
  checkShapes(model, source);
  for (const { name, shape, variable } of tensors) {
    const values = await readFinite(source, name);
    tidy(() => {
      variable.write(tensor(values, shape, 'float32'));
    });
  }
}

/** @throws GraftError weights.wrong-architecture with the first weight of the model that the file lacks */
export function checkShapes(model: LayersModel, source: WeightSource): void {
  const stored = new Map(source.tensors.map(({ name, shape }) => [name, shape]));
  for (const { name, shape } of modelTensors(model)) {
    const received = stored.get(name);
    if (received?.join() === shape.join()) continue;
    throw new GraftError('weights.wrong-architecture', {
      path: source.path,
      architecture: model.name,
      tensor: name,
      expected: `[${shape.join(', ')}]`,
      received: received ? `[${received.join(', ')}]` : 'nothing',
    });
  }
}

/**
 * The values of one tensor.
 * @throws GraftError weights.not-finite with the first value that is not a number one can compute with
 */
export async function readFinite(source: WeightSource, name: string): Promise<Float32Array> {
  const values = await source.read(name);
  for (let position = 0; position < values.length; position++) {
    const value = values[position] ?? 0;
    if (value - value === 0) continue; // Only NaN and the infinities are not equal to themselves here.
    throw new GraftError('weights.not-finite', {
      path: source.path,
      tensor: name,
      value: String(value),
      position,
    });
  }
  return values;
}
