import { randomUniform, tensor, tidy, transpose, conv2d, relu, mean, add } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../../../../../electron/engine/backend/index.ts';
import { openFrozenGraph } from '../../../../../electron/engine/weights/graphs/frozen-graph.ts';
import {
  graphPath,
  importOnnx,
  listGraphs,
} from '../../../../../electron/engine/weights/graphs/graph-import.ts';
import type { GraphChoices } from '../../../../../electron/engine/weights/graphs/graph-import.ts';
import { inspectGraph } from '../../../../../electron/engine/weights/graphs/inspect.ts';
import { parseOnnx, readOnnx } from '../../../../../electron/engine/weights/graphs/onnx-model.ts';
import { freshFolder } from '../../../store/a-project.ts';
import { exported, kerasNet, upTo } from './networks.ts';
import { torchKernel, torchNet } from './torch-net.ts';

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

/** Imports a network and opens it again from the library. */
async function imported(bytes: Buffer, choices: GraphChoices = {}) {
  const folder = freshFolder();
  const file = join(folder, 'net.onnx');
  writeFileSync(file, bytes);
  const library = join(folder, 'library');
  const entry = await importOnnx(file, library, choices);
  const open = (size = entry.size) => openFrozenGraph(entry.path, size);
  return { entry, open, library };
}

function largestDifference(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [left, right] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
  return left.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (right[i] ?? NaN))), 0);
}

const pictures = (count: number, size: number) =>
  randomUniform([count, size, size, 3], -1, 1, 'float32', 7) as Tensor4D;

describe('a network in ONNX, exported from Keras', () => {
  it('is cut before its classifier, and gives the features that the model itself gives', async () => {
    const whole = kerasNet();
    const { entry, open } = await imported(exported(whole));
    expect(entry).toMatchObject({
      layout: 'NHWC',
      size: 16,
      batch: 'any',
      features: [1, 1, 8],
      preprocessing: 'tf',
    });
    const { model } = open();
    const x = pictures(3, 16);
    const expected = (upTo(whole, 'pool').predict(x) as Tensor).reshape([3, 1, 1, 8]);
    expect(largestDifference(model.predict(x) as Tensor, expected)).toBeLessThan(1e-5);
  });

  it('can be cut at a feature map, whose channels come last', async () => {
    const whole = kerasNet();
    const bytes = exported(whole);
    const { cuts } = inspectGraph(parseOnnx(bytes, 'net.onnx'));
    const map = cuts.find(({ shape, channelsLast }) => channelsLast && shape.join() === '1,6,6,8');
    const { entry, open } = await imported(bytes, { cut: map?.name });
    expect(entry.features).toEqual([6, 6, 8]);
    const x = pictures(2, 16);
    const layer = whole.layers.at(-3)?.name ?? '';
    const expected = upTo(whole, layer).predict(x) as Tensor;
    expect(largestDifference(open().model.predict(x) as Tensor, expected)).toBeLessThan(1e-5);
  });
});

describe('a network in ONNX, exported from PyTorch', () => {
  const byHand = (x: Tensor4D) =>
    tidy(() => {
      const kernel = transpose(tensor(torchKernel, [4, 3, 3, 3]), [2, 3, 1, 0]) as Tensor4D;
      const bias = tensor(Float32Array.from({ length: 4 }, (_, i) => Math.sin(i) * 0.1));
      const map = relu(add(conv2d(x.pad([[0, 0], [1, 1], [1, 1], [0, 0]]) as Tensor4D, kernel, 2, 'valid'), bias)); // prettier-ignore
      return mean(map, [1, 2]).reshape([x.shape[0], 1, 1, 4]);
    });

  it.each([
    ['one picture at a time', 1, 'one'],
    ['any number', 'batch', 'any'],
  ] as const)('that takes %s gives the features computed by hand', async (_, batch, expected) => {
    const { entry, open } = await imported(torchNet({ batch }));
    expect(entry).toMatchObject({
      layout: 'NCHW',
      cut: 'flat',
      batch: expected,
      preprocessing: 'torch',
      fixedSize: true,
    });
    expect(entry.params).toBe(4 * 27 + 4);
    const x = pictures(3, 8);
    expect(largestDifference(open().model.predict(x) as Tensor, byHand(x))).toBeLessThan(1e-5);
  });

  it('with open sides takes pictures of any size, and with fixed ones of theirs only', async () => {
    const free = await imported(torchNet({ size: 'side' }));
    expect(free.entry).toMatchObject({ size: 224, fixedSize: false });
    const x = pictures(2, 12);
    expect(largestDifference(free.open(12).model.predict(x) as Tensor, byHand(x))).toBeLessThan(1e-5);
    const { open } = await imported(torchNet());
    expect(() => open(12)).toThrow(expect.objectContaining({ code: 'zoo.input-fixed' }));
  });

  it('offers the tensors that everything passes through, the map with its shape', () => {
    const { cuts, defaultCut } = inspectGraph(parseOnnx(torchNet(), 'net.onnx'));
    expect(defaultCut).toBe('flat');
    expect(cuts.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
      'conv 1x4x4x4',
      'relu 1x4x4x4',
      'pool 1x4x1x1',
      'flat 1x4',
      'logits 1x2',
    ]);
  });
});

describe('the library', () => {
  it('keeps a network up to its cut, once, and lists it', async () => {
    const { entry, library } = await imported(torchNet());
    const again = await importOnnx(join(library, '..', 'net.onnx'), library, {});
    expect(again).toEqual(entry);
    expect(readdirSync(library)).toEqual([`${entry.hash}.onnx`]);
    expect(await listGraphs(library)).toEqual([entry]);
    expect(graphPath(library, entry.hash)).toBe(entry.path);
    expect(graphPath(library, '../net')).toBeNull();
    const kept = readOnnx(entry.path);
    expect(kept.nodes.map(({ op }) => op)).toEqual(['Conv', 'Relu', 'GlobalAveragePool', 'Flatten']);
    expect([...kept.constants.keys()]).toEqual(['conv.weight', 'conv.bias']);
  });

  it('holds the same network prepared in another way as another', async () => {
    const { entry, library } = await imported(torchNet());
    const other = await importOnnx(join(library, '..', 'net.onnx'), library, {
      preprocessing: 'unit',
      cut: 'relu',
    });
    expect(other.hash).not.toBe(entry.hash);
    expect(other.features).toEqual([4, 4, 4]);
    expect(existsSync(other.path)).toBe(true);
  });
});
