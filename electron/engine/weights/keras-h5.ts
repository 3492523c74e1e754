import { openBytes } from './byte-reader.ts';
import type { ByteReader } from './byte-reader.ts';
import { checkLength, readFloats } from './hdf5/data.ts';
import type { Dataset } from './hdf5/dataset.ts';
import { readDatasets } from './hdf5/file.ts';
import { signature } from './hdf5/structure.ts';
import { kerasTensorName, renumberAutomaticNames } from './keras-names.ts';
import { elementsOf } from './source.ts';
import type { WeightFormat, WeightSource } from './source.ts';

/** Where a whole model keeps what is not its weights. */
const notWeights = /^(optimizer_weights|top_level_model_weights)\//;

/** Keras' HDF5 files before Keras 3: weights alone, or whole models (their optimizer's state is left out). */
export const kerasH5: WeightFormat = {
  id: 'keras-h5',
  title: 'Keras .h5',
  match: (head) => head.subarray(0, signature.length).equals(signature),
  open: (path) => {
    const reader = openBytes(path);
    try {
      return Promise.resolve(openDatasets(reader));
    } catch (error) {
      reader.close();
      return Promise.reject(error as Error);
    }
  },
};

function openDatasets(reader: ByteReader): WeightSource {
  const datasets = new Map([...readDatasets(reader)].filter(([path]) => !notWeights.test(path)));
  const named = nameTensors([...datasets.keys()]);
  const byName = new Map<string, Dataset>();
  for (const [path, dataset] of datasets) byName.set(named.get(path) ?? path, dataset);
  return {
    format: kerasH5.id,
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
  const plain = paths.map(kerasTensorName);
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  const unique = plain.map((name, index) => (counts.get(name) === 1 ? name : (paths[index] ?? name)));
  const renumbered = renumberAutomaticNames(unique);
  return new Map(paths.map((path, index) => [path, renumbered.get(unique[index] ?? path) ?? path]));
}
