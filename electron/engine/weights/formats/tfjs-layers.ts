import { GraftError } from '../../../../shared/errors.ts';
import { kerasTensorName, renumberAutomaticNames } from './keras-names.ts';
import { elementsOf, maxTensors } from '../source.ts';
import type { WeightFormat, WeightSource } from '../source.ts';
import { isModelJson, placesOf, readModelJson, readPlace } from './tfjs-shards.ts';

/** TensorFlow.js layers models. */
export const tfjsLayers: WeightFormat = {
  id: 'tfjs-layers',
  title: 'TensorFlow.js layers model (model.json)',
  match: isModelJson,
  open: (path) => new Promise((resolve) => resolve(openModel(path))),
};

function openModel(path: string): WeightSource {
  const model = readModelJson(path);
  if (model.format === 'graph-model') {
    const feature = 'a whole graph instead of the weights of layers';
    throw new GraftError('weights.unsupported', { path, feature });
  }
  const places = new Map(placesOf(path, model).map((place) => [kerasTensorName(place.spec.name), place]));
  if (places.size > maxTensors) throw new GraftError('weights.too-many-tensors', { path, limit: maxTensors });
  const names = renumberAutomaticNames([...places.keys()]);
  const byName = new Map([...places].map(([name, place]) => [names.get(name) ?? name, place]));
  return {
    format: tfjsLayers.id,
    path,
    files: [...new Set([...byName.values()].flatMap(({ shards }) => shards.map((shard) => shard.path)))],
    tensors: [...byName].map(([name, { spec }]) => ({
      name,
      shape: spec.shape,
      dtype: spec.dtype === 'float32' ? 'F32' : spec.dtype,
      bytes: 4 * elementsOf(spec.shape),
    })),
    read: (name) => {
      const place = byName.get(name);
      if (!place) return Promise.reject(new Error(`No tensor ${name} in ${path}`));
      return new Promise((resolve) => resolve(readPlace(path, name, place)));
    },
    close: () => undefined,
  };
}
