import type { LayersModel } from '@tensorflow/tfjs-layers';
import { File, ready } from 'h5wasm/node';
import type { Group } from 'h5wasm/node';
import { modelTensors } from '../../../../electron/engine/weights/model-tensors.ts';

/** HDF5 files written by the HDF5 library itself (h5wasm), to read with Graft's own reader. */

export interface DatasetOptions {
  chunks?: number[];
  compression?: number;
  dtype?: string;
}

export interface Hdf5Writer {
  group(path: string): void;
  /** Gives a group a text attribute. */
  attribute(path: string, name: string, text: string): void;
  dataset(
    path: string,
    data: Float32Array | Float64Array | Int32Array,
    shape: number[],
    options?: DatasetOptions,
  ): void;
  externalLink(path: string, file: string, target: string): void;
  softLink(path: string, target: string): void;
}

/** Writes a file; groups on the way to a dataset are made as they are needed. */
export async function writeHdf5(
  path: string,
  fill: (writer: Hdf5Writer) => void,
  libver?: 'earliest' | 'latest',
): Promise<void> {
  await ready;
  const file = new File(path, 'w', libver ? { libver: [libver, 'latest'] } : {});
  const made = new Set<string>();
  const group = (name: string) => {
    if (name === '' || made.has(name)) return;
    group(name.split('/').slice(0, -1).join('/'));
    file.create_group(name);
    made.add(name);
  };
  const parent = (name: string) => name.split('/').slice(0, -1).join('/');
  fill({
    group,
    attribute: (path, name, text) => {
      group(path);
      (file.get(path) as Group).create_attribute(name, text);
    },
    dataset: (name, data, shape, options = {}) => {
      group(parent(name));
      const compression = options.compression;
      file.create_dataset({ name, data, shape, chunks: options.chunks, dtype: options.dtype, compression });
    },
    externalLink: (name, target, object) => {
      group(parent(name));
      file.create_external_link(target, object, name);
    },
    softLink: (name, target) => {
      group(parent(name));
      file.create_soft_link(target, name);
    },
  });
  file.close();
}

/** A model's weights as Keras 2 saves them: `layer/layer/weight:0`. */
export async function writeKerasWeights(path: string, model: LayersModel): Promise<void> {
  await writeHdf5(path, (file) => {
    for (const { name, layer, shape, variable } of modelTensors(model)) {
      file.dataset(`${layer}/${name}:0`, variable.read().dataSync<'float32'>(), shape);
    }
  });
}
