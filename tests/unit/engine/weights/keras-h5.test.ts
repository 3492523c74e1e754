import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  kerasTensorName,
  renumberAutomaticNames,
} from '../../../../electron/engine/weights/formats/keras-names.ts';
import { openWeights } from '../../../../electron/engine/weights/open.ts';
import { writeHdf5 } from './hdf5-writer.ts';
import type { Hdf5Writer } from './hdf5-writer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-h5-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => Math.fround(i * 0.37 - 5));

async function roundTrip(name: string, fill: (writer: Hdf5Writer) => void, libver?: 'earliest' | 'latest') {
  const path = join(folder, `${name}.h5`);
  await writeHdf5(path, fill, libver);
  return openWeights(path);
}

describe('files written by the HDF5 library', () => {
  const data = ramp(7 * 5 * 3);
  const read = async (fill: (writer: Hdf5Writer) => void, name: string, libver?: 'earliest' | 'latest') => {
    const source = await roundTrip(name, fill, libver);
    const values = await source.read('conv/kernel');
    source.close();
    return values;
  };

  it('reads contiguous float32', async () => {
    expect(await read((file) => file.dataset('conv/conv/kernel:0', data, [7, 5, 3]), 'plain')).toEqual(data);
  });

  it('reads chunks that do not divide the shape, compressed', async () => {
    const options = { chunks: [3, 2, 2], compression: 6 };
    expect(
      await read((file) => file.dataset('conv/conv/kernel:0', data, [7, 5, 3], options), 'gzip'),
    ).toEqual(data);
  });

  it('reads chunks without compression, and many of them', async () => {
    const many = ramp(4096);
    const chunked = (file: Hdf5Writer) =>
      file.dataset('conv/conv/kernel:0', many, [64, 64], { chunks: [3, 5] });
    expect(await read(chunked, 'chunks')).toEqual(many);
  });

  it('narrows float64', async () => {
    const wide = Float64Array.from(data);
    expect(await read((file) => file.dataset('conv/conv/kernel:0', wide, [7, 5, 3]), 'double')).toEqual(data);
  });

  it('reads groups of the newest kind while they are small', async () => {
    expect(
      await read((file) => file.dataset('conv/conv/kernel:0', data, [7, 5, 3]), 'latest', 'latest'),
    ).toEqual(data);
  });

  it('finds hundreds of layers', async () => {
    const source = await roundTrip('wide', (file) => {
      for (let i = 0; i < 700; i++) file.dataset(`layer${i}/layer${i}/kernel:0`, ramp(2), [2]);
    });
    expect(source.tensors).toHaveLength(700);
    expect([...(await source.read('layer699/kernel'))]).toEqual([...ramp(2)]);
    source.close();
  });

  it('leaves out the optimizer of a whole model', async () => {
    const source = await roundTrip('whole', (file) => {
      file.dataset('model_weights/conv/conv/kernel:0', data, [7, 5, 3]);
      file.dataset('optimizer_weights/Adam/conv/kernel/m:0', data, [7, 5, 3]);
    });
    expect(source.tensors.map((tensor) => tensor.name)).toEqual(['conv/kernel']);
    source.close();
  });

  it('says which tensor is of a type that is no weight', async () => {
    const source = await roundTrip('ints', (file) =>
      file.dataset('conv/conv/kernel:0', new Int32Array(4), [4]),
    );
    const params = expect.objectContaining({ tensor: 'conv/kernel', dtype: 'I32' });
    await expect(source.read('conv/kernel')).rejects.toMatchObject({ code: 'weights.dtype', params });
    source.close();
  });

  it('refuses a link into another file, and passes over one within the file', async () => {
    const linked = (file: Hdf5Writer) => file.externalLink('conv/kernel:0', '/etc/passwd', '/x');
    await expect(roundTrip('external', linked)).rejects.toMatchObject({ code: 'weights.unsafe' });
    const soft = await roundTrip('soft', (file) => {
      file.dataset('conv/conv/kernel:0', data, [7, 5, 3]);
      file.softLink('again', '/conv');
    });
    expect(soft.tensors).toHaveLength(1);
    soft.close();
  });
});

describe('names', () => {
  it.each([
    ['conv1/conv1/kernel:0', 'conv1/kernel'],
    ['conv1/conv1_2/kernel:0', 'conv1/kernel'],
    ['block1_conv1/block1_conv1_W_1:0', 'block1_conv1/kernel'],
    ['block1_conv1/block1_conv1_b_1:0', 'block1_conv1/bias'],
    ['bn/bn_running_std:0', 'bn/moving_variance'],
    ['model_weights/vgg16/block1_conv1/kernel:0', 'block1_conv1/kernel'],
    ['conv1/conv/conv1/conv/kernel:0', 'conv1_conv/kernel'],
    ['conv1/kernel', 'conv1/kernel'],
    ['conv_dw_1/conv_dw_1/kernel', 'conv_dw_1/depthwise_kernel'],
    ['block_3_depthwise/kernel:0', 'block_3_depthwise/depthwise_kernel'],
    ['block1a_dwconv/block1a_dwconv/kernel', 'block1a_dwconv/depthwise_kernel'],
  ])('%s is %s', (path, name) => {
    expect(kerasTensorName(path)).toBe(name);
  });

  it('counts automatic names anew from 1, wherever the session had got to', () => {
    const renumbered = renumberAutomaticNames([
      'conv2d_94/kernel',
      'conv2d_96/kernel',
      'conv2d_95/kernel',
      'dense_3/bias',
    ]);
    expect([...renumbered.values()]).toEqual([
      'conv2d_1/kernel',
      'conv2d_3/kernel',
      'conv2d_2/kernel',
      'dense_3/bias',
    ]);
    expect(renumberAutomaticNames(['conv2d/kernel', 'conv2d_1/kernel']).get('conv2d/kernel')).toBe(
      'conv2d_1/kernel',
    );
  });
});
