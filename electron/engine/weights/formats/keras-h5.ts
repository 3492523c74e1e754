import { openBytes } from '../byte-reader.ts';
import type { ByteReader } from '../byte-reader.ts';
import { checkLength, readFloats } from './hdf5/data.ts';
import type { Dataset } from './hdf5/dataset.ts';
import { readContents } from './hdf5/file.ts';
import { signature, unsupported } from './hdf5/structure.ts';
import { isKeras3, keras3TensorNames } from './keras3-names.ts';
import { kerasTensorName, renumberAutomaticNames } from './keras-names.ts';
import { elementsOf } from '../source.ts';
import type { WeightFormat, WeightSource } from '../source.ts';

/** Where a whole model keeps what is not its weights. */
const notWeights = /^(optimizer_weights|top_level_model_weights|optimizer)\//;

/** Keras' HDF5 files: weights alone or whole models (their optimizer's state is left out), and Keras 3's .weights.h5. */
export const kerasH5: WeightFormat = {
  id: 'keras-h5',
  title: 'Keras .h5',
  match: (head) => head.subarray(0, signature.length).equals(signature),
  open: (path) => {
    const reader = openBytes(path);
    try {
      return Promise.resolve(openKerasH5(reader, kerasH5.id));
    } catch (error) {
      reader.close();
      return Promise.reject(error as Error);
    }
  },
};

/**
 * @param layerNames what config.json calls the layers of Keras 3's groups, where there is one
 * @throws GraftError weights.*
 */
export function openKerasH5(
  reader: ByteReader,
  format: string,
  layerNames?: ReadonlyMap<string, string>,
): WeightSource {
  const { datasets, names } = readContents(reader);
  const paths = [...datasets.keys()].filter((path) => !notWeights.test(path));
  const named = isKeras3(paths)
    ? nameKeras3(reader.path, paths, layerNames ?? groupNames(names))
    : nameTensors(paths);
  const byName = new Map<string, Dataset>();
  for (const [path, name] of named) {
    const dataset = datasets.get(path);
    if (dataset) byName.set(name, dataset);
  }
  return {
    format,
    path: reader.path,
    files: [reader.path],
    tensors: [...byName].map(([name, dataset]) => {
      checkLength(reader, dataset, name, elementsOf(dataset.shape) * dataset.type.bytes);
      return { name, shape: dataset.shape, dtype: dataset.type.name, bytes: 4 * elementsOf(dataset.shape) };
    }),
    read: (name) => {
      const dataset = byName.get(name);
      if (!dataset) return Promise.reject(new Error(`No tensor ${name} in ${reader.path}`));
      return new Promise((resolve) => resolve(readFloats(reader, dataset, name)));
    },
    close: () => reader.close(),
  };
}

/** Path to `layer/weight`; where two paths would get the same name, both keep their own. */
function nameTensors(paths: readonly string[]): Map<string, string> {
  return renumbered(paths, paths.map(kerasTensorName));
}

function nameKeras3(
  file: string,
  paths: readonly string[],
  layerNames: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = keras3TensorNames(paths, layerNames);
  if (!names) throw unsupported(file, 'Keras 3 weights without the names of their layers');
  return renumbered([...names.keys()], [...names.values()]);
}

function renumbered(paths: readonly string[], plain: readonly string[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  const unique = plain.map((name, index) => (counts.get(name) === 1 ? name : (paths[index] ?? name)));
  const names = renumberAutomaticNames(unique);
  return new Map(paths.map((path, index) => [path, names.get(unique[index] ?? path) ?? path]));
}

/** The attribute lies on the `vars` group; names are wanted by the layer's. */
function groupNames(names: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...names].map(([path, name]) => [path.replace(/\/vars$/, ''), name]));
}
