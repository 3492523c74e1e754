import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../electron/engine/tensors/safetensors.ts';
import { writeHdf5 } from '../unit/engine/weights/hdf5-writer.ts';
import type { Hdf5Writer } from '../unit/engine/weights/hdf5-writer.ts';
import { pytorchFile } from '../unit/engine/weights/pytorch-writer.ts';
import type { TorchTensor } from '../unit/engine/weights/pytorch-writer.ts';
import { writeGraphModel } from '../unit/engine/weights/graphs/graph-model.ts';
import { torchNet } from '../unit/engine/weights/graphs/torch-net.ts';
import { zip } from '../unit/engine/weights/zip-writer.ts';

/** Small good files of every weight format, to be damaged. */

export interface Sample {
  /** What it is, for test names. */
  name: string;
  /** The file that is damaged; the others lie beside it. */
  file: string;
  bytes: Buffer;
}

export const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i / 7 - 3);

/** Every layout Graft reads: contiguous, chunked, compressed, float64. */
export function fillKeras(file: Hdf5Writer): void {
  file.dataset('conv1/conv1/kernel:0', ramp(3 * 3 * 3 * 4), [3, 3, 3, 4]);
  file.dataset('conv1/conv1/bias:0', ramp(4), [4]);
  file.dataset('dense/dense/kernel:0', ramp(24 * 10), [24, 10], { chunks: [7, 4], compression: 4 });
  file.dataset('dense/dense/bias:0', Float64Array.from(ramp(10)), [10], { chunks: [3] });
}

export function modelJson(weights: object[], paths: string[]): string {
  return JSON.stringify({ format: 'layers-model', modelTopology: {}, weightsManifest: [{ paths, weights }] });
}

export const torchTensors: TorchTensor[] = [
  { name: 'conv1.weight', shape: [4, 6], data: ramp(24) },
  { name: 'conv1.bias', shape: [4, 2], strides: [1, 4], data: ramp(8) },
];

const kerasConfig = {
  config: {
    layers: [
      { class_name: 'Conv2D', config: { name: 'conv1' } },
      { class_name: 'Dense', config: { name: 'fc' } },
    ],
  },
};

/** A .keras file around a small model.weights.h5 in the layout of Keras 3. */
export async function kerasArchive(folder: string, large = false): Promise<Buffer> {
  const path = join(folder, 'inner.h5');
  await writeHdf5(path, (file) => {
    file.dataset('layers/conv2d/vars/0', ramp(36), [3, 3, 1, 4]);
    file.dataset('layers/dense/vars/0', ramp(8), [4, 2]);
    file.attribute('layers/dense/vars', 'name', 'fc');
  });
  const config = Buffer.from(JSON.stringify(kerasConfig));
  return zip(
    [
      { name: 'config.json', content: config, deflate: true },
      { name: 'model.weights.h5', content: readFileSync(path) },
    ],
    { large },
  );
}

export const shardSpec = { name: 'conv1/kernel', shape: [4, 6], dtype: 'float32' };

export const sampleNames = [
  'classic.h5',
  'newer.h5',
  'plain.safetensors',
  'model.json',
  'state.pth',
  'whole.keras',
  'large.keras',
];

/** Whole networks, which are imported all the way: what passes the checks is opened by ONNX Runtime. */
export const graphNames = ['torch.onnx', 'graph/model.json'];

/** Writes all samples into a folder. */
export async function writeSamples(folder: string): Promise<Sample[]> {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  await writeHdf5(at('classic.h5'), fillKeras, 'earliest');
  await writeHdf5(at('newer.h5'), (file) => {
    fillKeras(file);
    for (let i = 0; i < 40; i++) file.dataset(`many/weight_${i}`, ramp(2), [2]); // Enough for dense links.
  });
  await writeSafetensors(
    at('plain.safetensors'),
    new Map([
      ['conv1/kernel', { shape: [4, 6], dtype: 'F32', data: ramp(24) }],
      ['conv1/bias', { shape: [6], dtype: 'F32', data: ramp(6) }],
    ]),
    { made: 'by a test' },
  );
  writeFileSync(at('group1-shard1of1.bin'), Buffer.from(ramp(24).buffer));
  writeFileSync(at('model.json'), modelJson([shardSpec], ['group1-shard1of1.bin']));
  writeFileSync(at('state.pth'), pytorchFile(torchTensors));
  writeFileSync(at('whole.keras'), await kerasArchive(folder));
  writeFileSync(at('large.keras'), await kerasArchive(folder, true));
  writeFileSync(at('torch.onnx'), torchNet());
  writeGraphModel(at('graph'));
  return [...sampleNames, ...graphNames].map((name) => ({
    name,
    file: at(name),
    bytes: readFileSync(at(name)),
  }));
}
