import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { grad, ones, setBackend, square, sum, tensor2d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { input, model } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor, layers } from '@tensorflow/tfjs-layers';
import { BatchNormalization, Dropout } from '../../../../electron/engine/zoo/layers.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

const batch = [
  [1, 10],
  [3, 30],
  [5, 80],
];

/** A network of this layer alone, over inputs of `width` values. */
function network(layer: layers.Layer, width: number) {
  const x = input({ shape: [width] });
  return model({ inputs: x, outputs: layer.apply(x) as SymbolicTensor });
}

const values = (x: Tensor) => [...x.dataSync()];

describe('BatchNormalization', () => {
  it('normalizes by the batch and moves its averages while training', () => {
    const layer = new BatchNormalization({ momentum: 0.9, epsilon: 1e-3 });
    const net = network(layer, 2);
    const out = values(net.apply(tensor2d(batch), { training: true }) as Tensor);
    const variance = 8 / 3;
    expect(out[0]).toBeCloseTo((1 - 3) / Math.sqrt(variance + 1e-3), 5);
    const [, , mean, movingVariance] = layer.getWeights().map(values);
    expect(mean?.[0]).toBeCloseTo(0.1 * 3, 5);
    expect(movingVariance?.[0]).toBeCloseTo(0.9 + 0.1 * variance, 5);
  });

  it('keeps its stored statistics in training when told to, and stays trainable', () => {
    const layer = new BatchNormalization({ epsilon: 1e-3 });
    const net = network(layer, 2);
    layer.stored = true;
    const before = layer.getWeights().map(values);
    const trained = values(net.apply(tensor2d(batch), { training: true }) as Tensor);
    expect(trained).toEqual(values(net.apply(tensor2d(batch), { training: false }) as Tensor));
    expect(layer.getWeights().map(values)).toEqual(before);
    expect(layer.trainableWeights).toHaveLength(2);
  });

  it('has a gradient without a gamma, the same as with one of ones', () => {
    const gradientOf = (scale: boolean): number[] => {
      const net = network(new BatchNormalization({ scale }), 2);
      const loss = (x: Tensor): Scalar => sum(square(net.apply(x, { training: false }) as Tensor));
      return values(grad(loss)(tensor2d(batch)));
    };
    expect(gradientOf(false)).toEqual(gradientOf(true));
  });

  it('uses its stored statistics and leaves them alone when frozen, though the model trains', () => {
    const layer = new BatchNormalization({ epsilon: 1e-3 });
    const net = network(layer, 2);
    layer.trainable = false;
    const out = values(net.apply(tensor2d(batch), { training: true }) as Tensor);
    expect(out[5]).toBeCloseTo(80 / Math.sqrt(1 + 1e-3), 3);
    expect(layer.getWeights().slice(2).flatMap(values)).toEqual([0, 0, 1, 1]);
  });

  it('trains without gamma, as InceptionV3 has it', () => {
    const layer = new BatchNormalization({ scale: false });
    const out = values(network(layer, 2).apply(tensor2d(batch), { training: true }) as Tensor);
    expect(layer.getWeights()).toHaveLength(3);
    expect((out[0] ?? 0) + (out[2] ?? 0) + (out[4] ?? 0)).toBeCloseTo(0, 5);
  });
});

describe('Dropout', () => {
  const dropped = (layer: Dropout, training: boolean) =>
    values(network(layer, 1000).apply(ones([4, 1000]), { training }) as Tensor);

  it('drops its share and scales up the rest while training', () => {
    const out = dropped(new Dropout({ rate: 0.25, seed: 7 }), true);
    const zeros = out.filter((value) => value === 0).length;
    expect(zeros / out.length).toBeGreaterThan(0.22);
    expect(zeros / out.length).toBeLessThan(0.28);
    expect(Math.max(...out)).toBeCloseTo(1 / 0.75, 6);
  });

  it('does nothing in inference, nor when frozen', () => {
    const frozen = new Dropout({ rate: 0.5, seed: 7 });
    frozen.trainable = false;
    expect(new Set(dropped(frozen, true))).toEqual(new Set([1]));
    expect(new Set(dropped(new Dropout({ rate: 0.5, seed: 7 }), false))).toEqual(new Set([1]));
  });

  it('draws new masks every time, and the same ones again from a stored state', () => {
    const layer = new Dropout({ rate: 0.5, seed: 7 });
    const first = dropped(layer, true);
    const state = layer.randomState;
    const second = dropped(layer, true);
    expect(second).not.toEqual(first);
    layer.randomState = state;
    expect(dropped(layer, true)).toEqual(second);
  });
});
