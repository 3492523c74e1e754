import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  bake,
  engineStats,
  exportOnnx,
  flush,
  resetStats,
  selectBackend,
  unbake,
  withStep,
} from '../../../../electron/engine/backend/index.ts';
import { engineEnvironment } from '../../../../electron/engine/environment.ts';
import { GraftError } from '../../../../shared/errors.ts';

const { layers } = tfl;

function smallConvNet(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 3] }),
      layers.batchNormalization(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.4 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
}

function trainingStep(
  model: tfl.Sequential,
  optimizer: tf.Optimizer,
  images: tf.Tensor,
  targets: tf.Tensor,
): number {
  const loss = withStep(() =>
    optimizer.minimize(() => {
      const outputs = model.apply(images, { training: true }) as tf.Tensor;
      return tf.losses.meanSquaredError(targets, outputs) as tf.Scalar;
    }, true),
  );
  const [number = NaN] = loss?.dataSync() ?? [];
  loss?.dispose();
  return number;
}

/** The GraftError that `work` ends in. */
function errorOf(work: () => unknown): GraftError {
  try {
    work();
  } catch (error) {
    if (error instanceof GraftError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

beforeAll(() => selectBackend('onnxruntime'));
beforeEach(() => {
  tf.disposeVariables();
  resetStats();
});

describe('lazy evaluation', () => {
  it('computes nothing until a value is read, and then everything alive in one run', () => {
    const sum = tf.add(tf.tensor1d([1, 2, 3]), 1);
    const product = tf.mul(sum, 2);
    expect(engineStats().compiles).toBe(0);
    expect([...product.dataSync()]).toEqual([4, 6, 8]);
    expect([...sum.dataSync()]).toEqual([2, 3, 4]);
    expect(engineStats()).toMatchObject({ compiles: 1, cacheHits: 0 });
  });

  it('leaves out of the graph what was disposed before the flush', () => {
    const kept = tf.square(tf.tensor1d([3]));
    tf.exp(kept).dispose();
    flush();
    const afterwards = tf.tidy(() => tf.square(tf.tensor1d([4])));
    flush();
    // The second graph is the first one again: one Square. With Exp in it the first would have been another.
    expect(engineStats()).toMatchObject({ compiles: 1, cacheHits: 1 });
    expect(afterwards.dataSync()[0]).toBe(16);
  });

  it('does not compile anew when the learning rate, dropout masks or data change', () => {
    const model = smallConvNet();
    const optimizer = tf.train.rmsprop(0.01) as tf.RMSPropOptimizer & { learningRate: number };
    for (let step = 0; step < 6; step++) {
      optimizer.learningRate = 0.01 / (step + 1);
      trainingStep(model, optimizer, tf.randomUniform([4, 12, 12, 3]), tf.randomUniform([4, 3]));
      // The first step makes the optimizer's slots, the second is the first of all the equal ones.
      if (step === 1) resetStats();
    }
    expect(engineStats()).toMatchObject({ compiles: 0, cacheHits: 4, fallbacks: {} });
  });

  it('keeps what a caller has read, whatever is computed later', () => {
    const x = tf.variable(tf.tensor1d([1, 2]));
    flush();
    const before = tf.add(x, 0);
    const read = before.dataSync();
    before.dispose();
    for (let step = 0; step < 5; step++) {
      const next = tf.mul(x, step);
      next.dataSync();
      next.dispose();
    }
    expect([...read]).toEqual([1, 2]);
  });
});

describe('frozen tensors', () => {
  it('give the same results baked and unbaked, and can still be read', () => {
    const model = smallConvNet();
    const images = tf.randomUniform([5, 12, 12, 3]);
    const predict = () => [...(model.predict(images) as tf.Tensor).dataSync()];
    const before = predict();
    const weights = model.weights.map((weight) => weight.read());
    const numbers = weights.map((weight) => [...weight.dataSync()]);
    bake(weights);
    predict().forEach((probability, index) => expect(probability).toBeCloseTo(before[index] ?? NaN, 6));
    expect(weights.map((weight) => [...weight.dataSync()])).toEqual(numbers);
    unbake(weights);
    expect(predict()).toEqual(before);
  });

  it('are compiled once, however often the model is used', () => {
    const model = smallConvNet();
    bake(model.weights.map((weight) => weight.read()));
    const images = tf.randomUniform([5, 12, 12, 3]);
    resetStats();
    for (let use = 0; use < 3; use++) (model.predict(images) as tf.Tensor).dataSync();
    expect(engineStats()).toMatchObject({ compiles: 1, cacheHits: 2 });
  });

  it('take a new value when their variable is assigned', () => {
    const weight = tf.variable(tf.scalar(2));
    bake([weight]);
    expect(tf.mul(weight, 3).dataSync()[0]).toBe(6);
    weight.assign(tf.scalar(5));
    expect(tf.mul(weight, 3).dataSync()[0]).toBe(15);
  });
});

describe('a graph that fails', () => {
  it('ends in a typed error, leaves variables as they were, and the engine goes on', () => {
    const table = tf.variable(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    );
    flush();
    const step = () =>
      withStep(() => {
        const rows = tf.gather(table, tf.add(tf.tensor1d([0, 1], 'int32'), tf.scalar(100, 'int32')));
        table.assign(tf.add(table, rows));
      });
    expect(errorOf(step)).toMatchObject({ code: 'engine.graph-failed', params: { op: 'Gather' } });
    expect([...table.dataSync()]).toEqual([1, 2, 3, 4]);
    expect(tf.add(table, 1).dataSync()[3]).toBe(5);
  });

  it('names the operator and its shapes', () => {
    const indices = tf.add(tf.tensor1d([7, 8, 9], 'int32'), tf.scalar(100, 'int32'));
    const read = () => tf.gather(tf.ones([4, 2]), indices).dataSync();
    expect(read).toThrowError(/Gather \[4, 2\], \[3\] -> \[3, 2\]/);
  });
});

/** What a script beside this file prints last, run in a process of its own. */
function runScript(name: string): string {
  const script = join(import.meta.dirname, name);
  const options = { encoding: 'utf8', env: engineEnvironment('compute') } as const;
  const printed = execFileSync(process.execPath, ['--expose-gc', script], options);
  return printed.trim().split('\n').at(-1) ?? '';
}

describe('memory', () => {
  it('stays flat over a thousand training steps', () => {
    const measurements = JSON.parse(runScript('train-long.ts')) as { tensors: number; resident: number }[];
    // In the first thousand the heap and ONNX Runtime grow to their size.
    const [, warm, later] = measurements;
    if (!warm || !later) throw new Error('The script did not measure three times.');
    const MEGABYTE = 2 ** 20;
    expect(later.tensors).toBe(warm.tensors);
    expect((later.resident - warm.resident) / MEGABYTE).toBeLessThan(15);
  }, 240_000);
});

describe('determinism', () => {
  it('gives bit-identical weights in two processes', () => {
    const first = runScript('train-and-hash.ts');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(runScript('train-and-hash.ts')).toBe(first);
  }, 120_000);
});

describe('exporting to ONNX', () => {
  it('writes a model that plain ONNX Runtime runs for any batch size', async () => {
    const model = smallConvNet();
    const example = tf.zeros([1, 12, 12, 3]);
    const bytes = exportOnnx((images) => model.predict(images) as tf.Tensor, [example], {
      inputNames: ['image'],
      outputNames: ['probabilities'],
      metadata: { classes: '["a","b","c"]' },
    });
    const session = await InferenceSession.create(bytes);
    expect(session.inputNames).toEqual(['image']);
    for (const batch of [1, 7]) {
      const images = tf.randomUniform([batch, 12, 12, 3]);
      const expected = (model.predict(images) as tf.Tensor).dataSync();
      const feed = new OrtTensor('float32', images.dataSync() as Float32Array, [batch, 12, 12, 3]);
      const { probabilities } = await session.run({ image: feed });
      expect(probabilities?.dims).toEqual([batch, 3]);
      (probabilities?.data as Float32Array).forEach((number, index) =>
        expect(number).toBeCloseTo(expected[index] ?? NaN, 5),
      );
    }
  });

  it('refuses what has no ONNX form', () => {
    const spectrum = (signal: tf.Tensor) => tf.real(tf.spectral.rfft(signal));
    const write = () =>
      exportOnnx(spectrum, [tf.zeros([1, 8])], { inputNames: ['signal'], outputNames: ['spectrum'] });
    expect(errorOf(write)).toMatchObject({ code: 'engine.export-unsupported' });
  });
});
