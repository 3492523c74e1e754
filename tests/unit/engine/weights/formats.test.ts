import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../../electron/engine/tensors/safetensors.ts';
import { importWeights } from '../../../../electron/engine/weights/library.ts';
import { modelTensors } from '../../../../electron/engine/weights/model-tensors.ts';
import { openWeights } from '../../../../electron/engine/weights/open.ts';
import { arrange, arrangedShape } from '../../../../electron/engine/weights/formats/pytorch/arrange.ts';
import { architecture } from '../../../../electron/engine/zoo/registry.ts';
import { writeHdf5, writeKerasWeights } from './hdf5-writer.ts';
import { pytorchFile } from './pytorch-writer.ts';
import type { TorchTensor } from './pytorch-writer.ts';
import { zip } from './zip-writer.ts';

/** The same weights in every format must become the same entry of the library: its hash says so. */

let folder: string;
let library: string;
beforeAll(async () => {
  await setBackend('cpu');
  folder = mkdtempSync(join(tmpdir(), 'graft-formats-'));
  library = join(folder, 'library');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const build = (id: string, options: object) =>
  architecture(id).build({ inputSize: 32, seed: 9, ...options }).model;
const hashOf = async (path: string, as?: string) => (await importWeights(path, library, as)).hash;

async function kerasHash(id: string, options: object): Promise<string> {
  await writeKerasWeights(at('reference.h5'), build(id, options));
  return hashOf(at('reference.h5'), id);
}

describe('Keras 3', () => {
  const options = { alpha: 0.25, classes: 4 };
  const kinds: Record<string, string> = { Conv2D: 'conv2d', DepthwiseConv2D: 'depthwise_conv2d', BatchNormalization: 'batch_normalization' };

  /** Layers as config.json lists them, and where Keras 3 puts the weights of each. */
  function layout() {
    const used = new Map<string, number>();
    return build('mobilenet', options).layers.map((layer) => {
      const kind = kinds[layer.getClassName()] ?? layer.getClassName().toLowerCase();
      const count = used.get(kind) ?? 0;
      used.set(kind, count + 1);
      const values = layer.weights.map((variable) => variable.read());
      return { name: layer.name, className: layer.getClassName(), group: `layers/${kind}${count === 0 ? '' : `_${count}`}`, values };
    });
  }

  async function writeWeights(path: string, named: boolean): Promise<void> {
    await writeHdf5(path, (file) => {
      for (const { name, group, values } of layout()) {
        values.forEach((value, i) => file.dataset(`${group}/vars/${i}`, value.dataSync<'float32'>(), value.shape));
        if (named && values.length > 0) file.attribute(`${group}/vars`, 'name', name);
      }
      file.dataset('optimizer/vars/0', new Float32Array(3), [3]);
    });
  }

  const config = () => {
    const layers = layout().map(({ className, name }) => ({ class_name: className, config: { name } }));
    return Buffer.from(JSON.stringify({ class_name: 'Functional', config: { name: 'mobilenet', layers } }));
  };

  it('.weights.h5 with the names of the layers', async () => {
    await writeWeights(at('named.weights.h5'), true);
    expect(await hashOf(at('named.weights.h5'))).toBe(await kerasHash('mobilenet', options));
  });

  it('.weights.h5 without the names of the layers is refused', async () => {
    await writeWeights(at('bare.weights.h5'), false);
    await expect(hashOf(at('bare.weights.h5'))).rejects.toMatchObject({ code: 'weights.unsupported' });
  });

  it.each([
    [false, false],
    [true, false],
    [true, true],
  ])('.keras, deflated: %s, ZIP64: %s', async (deflate, large) => {
    await writeWeights(at('inner.h5'), false);
    const weights = { name: 'model.weights.h5', content: readFileSync(at('inner.h5')), deflate };
    writeFileSync(at('model.keras'), zip([{ name: 'metadata.json', content: Buffer.from('{}') }, { name: 'config.json', content: config(), deflate }, weights], { large }));
    expect(await importWeights(at('model.keras'), join(folder, `keras-${deflate}-${large}`))).toMatchObject({
      hash: await kerasHash('mobilenet', options),
      format: 'keras-archive',
      sourceName: 'model.keras',
    });
  });
}); // prettier-ignore

describe('PyTorch', () => {
  /** Index by index, as PyTorch documents its shapes: nothing shared with the importer. */
  function torchKernel(values: Float32Array, [h = 1, w = 1, i = 1, o = 1]: number[], depthwise: boolean) {
    const data = new Float32Array(values.length);
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++)
        for (let a = 0; a < i; a++)
          for (let b = 0; b < o; b++) {
            const value = values[((y * w + x) * i + a) * o + b] ?? NaN;
            data[depthwise ? ((a * o + b) * h + y) * w + x : ((b * i + a) * h + y) * w + x] = value;
          }
    return { shape: depthwise ? [i, o, h, w] : [o, i, h, w], data };
  }

  const leaves: Record<string, string> = {
    kernel: 'weight',
    depthwise_kernel: 'weight',
    bias: 'bias',
    gamma: 'weight',
    beta: 'bias',
    moving_mean: 'running_mean',
    moving_variance: 'running_var',
  };

  /** A model's weights as a state dict; `moduleOf` gives torchvision's module of a Keras layer. */
  function stateDict(id: string, options: object, moduleOf: (layer: string) => string): TorchTensor[] {
    return modelTensors(build(id, options)).map(({ name, layer, shape, variable }) => {
      const weight = name.slice(layer.length + 1);
      const values = variable.read().dataSync<'float32'>();
      const torch = `${moduleOf(layer)}.${leaves[weight]}`;
      if (shape.length === 4)
        return { name: torch, ...torchKernel(values, shape, weight === 'depthwise_kernel') };
      if (shape.length === 1) return { name: torch, shape, data: values };
      const [inputs = 1, outputs = 1] = shape;
      const { data } = torchKernel(values, [1, 1, inputs, outputs], false);
      return { name: torch, shape: [outputs, inputs], data };
    });
  }

  /** torchvision's MobileNetV2, from its source. */
  function mobilenetModule(layer: string): string {
    const ends: Record<string, string> = { Conv1: '0.0', bn_Conv1: '0.1', Conv_1: '18.0', Conv_1_bn: '18.1' };
    if (layer === 'predictions') return 'classifier.1';
    if (ends[layer] !== undefined) return `features.${ends[layer]}`;
    const [, number, part = ''] = /^(?:block_(\d+)|expanded_conv)_(.+)$/.exec(layer) ?? [];
    const expanded = {
      expand: '0.0',
      expand_BN: '0.1',
      depthwise: '1.0',
      depthwise_BN: '1.1',
      project: '2',
      project_BN: '3',
    };
    const first = { depthwise: '0.0', depthwise_BN: '0.1', project: '1', project_BN: '2' };
    const places: Record<string, string> = number === undefined ? first : expanded;
    return `features.${Number(number ?? 0) + 1}.conv.${places[part]}`;
  }

  /** torchvision's ResNet50, from its source. */
  function resnetModule(layer: string): string {
    if (layer === 'predictions') return 'fc';
    if (layer.startsWith('conv1_')) return layer === 'conv1_conv' ? 'conv1' : 'bn1';
    const [, stage, block, number, kind] = /^conv(\d)_block(\d)_(\d)_(conv|bn)$/.exec(layer) ?? [];
    const place = number === '0' ? `downsample.${kind === 'conv' ? 0 : 1}` : `${kind}${number}`;
    return `layer${Number(stage) - 1}.${Number(block) - 1}.${place}`;
  }

  it('.pth of torchvision’s MobileNetV2', async () => {
    const options = { classes: 5 };
    writeFileSync(
      at('mobilenet_v2.pth'),
      pytorchFile(stateDict('mobilenet_v2_torch', options, mobilenetModule)),
    );
    expect(await importWeights(at('mobilenet_v2.pth'), library)).toMatchObject({
      architecture: 'mobilenet_v2_torch',
      preprocessing: 'torch',
      classes: 5,
      format: 'pytorch',
      hash: await kerasHash('mobilenet_v2_torch', options),
    });
  });

  it('safetensors of timm’s ResNet50', async () => {
    const tensors = stateDict('resnet50_torch', {}, resnetModule);
    await writeSafetensors(at('resnet50.safetensors'), new Map(tensors.map(({ name, shape, data }) => [name, { shape, dtype: 'F32', data }])));
    expect(await importWeights(at('resnet50.safetensors'), library)).toMatchObject({
      architecture: 'resnet50_torch',
      hash: await kerasHash('resnet50_torch', {}),
    });
  }); // prettier-ignore

  it('reads tensors that lie in memory in another order', async () => {
    const data = Float32Array.from([1, 2, 3, 4, 5, 6]);
    writeFileSync(at('strided.pth'), pytorchFile([{ name: 'w', shape: [3, 2], strides: [1, 3], data }]));
    const source = await openWeights(at('strided.pth'));
    expect([...(await source.read('w'))]).toEqual([1, 4, 2, 5, 3, 6]);
    source.close();
  });

  it('turns a dense layer after a flattened map from channel by channel to pixel by pixel', () => {
    const [units, channels, side] = [2, 512, 7];
    const inputs = channels * side * side;
    const torch = Float32Array.from({ length: units * inputs }, (_, i) => i);
    const shape = [units, inputs];
    expect(arrangedShape(shape, 'dense-after-flatten')).toEqual([inputs, units]);
    const keras = arrange(torch, shape, 'dense-after-flatten');
    const [unit, channel, y, x] = [1, 300, 4, 6];
    const fromTorch = torch[unit * inputs + (channel * side + y) * side + x];
    expect(keras[((y * side + x) * channels + channel) * units + unit]).toBe(fromTorch);
  });
});
