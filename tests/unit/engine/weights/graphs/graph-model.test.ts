import { createRequire } from 'node:module';
import { join } from 'node:path';
import { randomUniform, reshape } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../../../../../electron/engine/backend/index.ts';
import { openFrozenGraph } from '../../../../../electron/engine/weights/graphs/frozen-graph.ts';
import { importFile, inspectFile } from '../../../../../electron/engine/weights/import.ts';
import { freshFolder } from '../../../store/a-project.ts';
import { shard, specs, topology, weights, writeGraphModel } from './graph-model.ts';

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

async function imported(cut?: string) {
  const folder = freshFolder();
  const path = writeGraphModel(join(folder, 'my-model'));
  const { entry, kind } = await importFile(path, join(folder, 'library'), { graph: { cut } });
  if (kind !== 'graph') throw new Error('It was taken for weights');
  return { entry, model: openFrozenGraph(entry.path, entry.size).model };
}

function largestDifference(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [left, right] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
  return left.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (right[i] ?? NaN))), 0);
}

const pictures = randomUniformPictures(3);
function randomUniformPictures(count: number): () => Tensor4D {
  return () => randomUniform([count, 10, 10, 3], -1, 1, 'float32', 5) as Tensor4D;
}

/** The same network in tfjs' own operations. */
function byHand(x: Tensor4D): Tensor {
  const weight = (name: string): Tensor => {
    const found = weights.find((candidate) => candidate.name === name);
    return tf.tensor(found?.values ?? [], found?.shape);
  };
  const conv = tf.conv2d(x, weight('conv/kernel') as Tensor4D, 2, 'same');
  const [mean, variance, beta, gamma] = ['mean', 'variance', 'beta', 'gamma'].map(
    (name) => weight(`bn/${name}`) as tf.Tensor1D,
  );
  const normal = tf.batchNorm(conv, mean!, variance!, beta, gamma, 0.001);
  const depthwise = tf.depthwiseConv2d(
    tf.clipByValue(normal, 0, 6) as Tensor4D,
    weight('depthwise/kernel') as Tensor4D,
    1,
    'same',
  );
  const pooled = tf.avgPool(tf.relu(tf.add(depthwise, weight('depthwise/bias'))) as Tensor4D, 2, 2, 'same');
  const padded = tf.pad(pooled, [[0, 0], [0, 1], [0, 1], [0, 0]]) as Tensor4D; // prettier-ignore
  const last = tf.elu(
    tf.add(tf.conv2d(padded, weight('last/kernel') as Tensor4D, 1, 'valid'), weight('last/bias')),
  );
  return tf.mean(last, [1, 2]);
}

/** It comes with the optional tfjs-node-gpu, and Graft does not need it. */
const converter = (() => {
  try {
    return createRequire(import.meta.url)('@tensorflow/tfjs-converter') as {
      loadGraphModelSync(source: unknown): {
        predict(x: Tensor): Tensor;
        execute(x: NamedTensorMap, output: string): Tensor;
      };
    };
  } catch {
    return null;
  }
})();

describe('a TensorFlow.js graph model', () => {
  it('is inspected: its input, and where it can be cut', () => {
    const path = writeGraphModel(join(freshFolder(), 'my-model'));
    const inspection = inspectFile(path, {});
    expect(inspection).toMatchObject({
      layout: 'NHWC',
      size: 10,
      fixedSize: true,
      defaultCut: 'pool',
      preprocessing: 'tf',
      batch: 'any',
    });
    const shapes = new Map(inspection?.cuts.map(({ name, shape }) => [name, shape.join('x')]));
    expect(shapes.get('relu6')).toBe('1x5x5x4');
    expect(shapes.get('pool')).toBe('1x5');
  });

  it('gives the features that tfjs computes', async () => {
    const { entry, model } = await imported();
    expect(entry).toMatchObject({
      format: 'tfjs-graph',
      sourceName: 'my-model',
      features: [1, 1, 5],
      cut: 'pool',
    });
    const expected = reshape(byHand(pictures()), [3, 1, 1, 5]);
    expect(largestDifference(model.predict(pictures()) as Tensor, expected)).toBeLessThan(1e-5);
  });

  it.skipIf(!converter)(
    'gives what tfjs-converter computes, at every cut (needs @tensorflow/tfjs-converter)',
    async () => {
      const data = shard.buffer.slice(shard.byteOffset, shard.byteOffset + shard.length);
      const reference = converter!.loadGraphModelSync([
        { modelTopology: topology, weightsManifest: [{ paths: ['x'], weights: specs }] },
        data,
      ]);
      for (const cut of ['conv', 'relu6', 'depthwise', 'pool1', 'last', 'pool', 'probabilities']) {
        const { model, entry } = await imported(cut);
        const expected = reference.execute({ image: pictures() } as NamedTensorMap, cut);
        const features = reshape(model.predict(pictures()) as Tensor, expected.shape);
        expect(largestDifference(features, expected), entry.cut).toBeLessThan(1e-5);
      }
    },
  );
});
