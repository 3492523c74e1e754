/** Winograd's products against tfjs's own CPU loops: results and gradients, for every way a tile can hang over. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../../../../electron/engine/backend/index.ts';
import { bake, exportOnnx, selectBackend, unbake } from '../../../../electron/engine/backend/index.ts';

const CHANNELS = 128;
const TOLERANCE = 1e-5;
const SEED = 3;

type Padding = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

interface Case {
  readonly name: string;
  readonly size: [number, number];
  readonly pad: Padding;
}

const cases: Case[] = [
  { name: 'even lengths', size: [6, 8], pad: 'same' },
  { name: 'odd lengths, where the last tiles hang over', size: [7, 5], pad: 'same' },
  { name: 'no padding', size: [6, 7], pad: 'valid' },
  {
    name: 'padding on one side alone',
    size: [5, 6],
    pad: [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 0],
    ],
  },
  { name: 'a single output', size: [3, 3], pad: 'valid' },
];

interface Result {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly dw: Float32Array;
}

/** The convolution and both gradients, from numbers that are the same on every backend. */
async function convolution(backend: BackendName, { size, pad }: Case): Promise<Result> {
  await selectBackend(backend);
  const x = tf.randomUniform([2, ...size, CHANNELS], -1, 1, 'float32', SEED) as tf.Tensor4D;
  const w = tf.randomUniform([3, 3, CHANNELS, CHANNELS], -1, 1, 'float32', SEED + 1) as tf.Tensor4D;
  const padding = pad as 'same';
  const y = tf.conv2d(x, w, 1, padding);
  const upstream = tf.randomUniform(y.shape, -1, 1, 'float32', SEED + 2);
  const [dx, dw] = tf.grads((image, filter) =>
    tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, padding),
  )([x, w], upstream);
  return {
    y: y.dataSync<'float32'>(),
    dx: (dx as tf.Tensor).dataSync<'float32'>(),
    dw: (dw as tf.Tensor).dataSync<'float32'>(),
  };
}

/** The largest difference, relative to the largest number. */
function difference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const largest = expected.reduce((max, number) => Math.max(max, Math.abs(number)), 0);
  return (
    actual.reduce((max, number, i) => Math.max(max, Math.abs(number - (expected[i] ?? NaN))), 0) / largest
  );
}

describe('3x3 convolution of many channels', () => {
  it.each(cases)('agrees with the CPU reference: $name', async (one) => {
    const expected = await convolution('cpu', one);
    const actual = await convolution('onnxruntime', one);
    for (const part of ['y', 'dx', 'dw'] as const) {
      expect(difference(actual[part], expected[part]), part).toBeLessThan(TOLERANCE);
    }
  });
});

describe('a frozen filter', () => {
  beforeAll(() => selectBackend('onnxruntime'));

  it('gives what it gave before it was frozen, also where images are worked through in pieces', () => {
    const x = tf.randomUniform([5, 22, 18, 256], -1, 1, 'float32', SEED) as tf.Tensor4D;
    const w = tf.randomUniform([3, 3, 256, 256], -1, 1, 'float32', SEED) as tf.Tensor4D;
    const free = tf.conv2d(x, w, 1, 'same').dataSync<'float32'>();
    bake([w]);
    expect(difference(tf.conv2d(x, w, 1, 'same').dataSync<'float32'>(), free)).toBeLessThan(TOLERANCE);
    unbake([w]);
  });

  it('stays one operator in an exported model', () => {
    const w = tf.randomUniform([3, 3, 256, 256], -1, 1, 'float32', SEED) as tf.Tensor4D;
    const forward = (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w, 1, 'same');
    const options = { inputNames: ['x'], outputNames: ['y'] };
    const bytes = exportOnnx(forward, [tf.zeros([1, 32, 32, 256])], options);
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toContain('Conv');
    expect(text).not.toContain('Gemm');
  });
});
