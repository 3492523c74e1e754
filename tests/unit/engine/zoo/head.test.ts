import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { mean, setBackend, tensor4d, tile } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { buildHead } from '../../../../electron/engine/zoo/head.ts';
import { preprocess } from '../../../../electron/engine/zoo/preprocessing.ts';
import type { PreprocessingMode } from '../../../../electron/engine/zoo/preprocessing.ts';
import { buildScratchCnn } from '../../../../electron/engine/zoo/scratch-cnn.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

describe('buildHead', () => {
  it('gives probabilities of every class from pooled features and from maps', () => {
    for (const featureShape of [[6], [2, 2, 6]]) {
      const head = buildHead({ featureShape, classes: 2, hidden: [8], dropout: 0.5, seed: 1 });
      const features = tile(tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 1, 6]), [3, 2, 2, 1]);
      const x = featureShape.length === 1 ? mean(features, [1, 2]) : features;
      const probabilities = head.predict(x) as Tensor;
      expect(probabilities.shape).toEqual([3, 2]);
      const [a = 0, b = 0] = probabilities.dataSync();
      expect(a + b).toBeCloseTo(1, 6);
    }
  });

  it('gives the same answer for a map as for its average, from the same seed', () => {
    const map = tensor4d([1, 5, 3, 1, 2, 2, 0, 4], [1, 2, 2, 2]);
    const fromMap = buildHead({ featureShape: [2, 2, 2], classes: 3, seed: 4 }).predict(map) as Tensor;
    const fromVector = buildHead({ featureShape: [2], classes: 3, seed: 4 }).predict(
      mean(map, [1, 2]),
    ) as Tensor;
    expect([...fromMap.dataSync()]).toEqual([...fromVector.dataSync()]);
  });
});

describe('buildScratchCnn', () => {
  it('has the parameters of the guide’s network', () => {
    const { model } = buildScratchCnn({ inputSize: 150, classes: 2, seed: 1 });
    const convolutions = 3 * 3 * 3 * 16 + 16 + (3 * 3 * 16 * 64 + 64) + (3 * 3 * 64 * 128 + 128);
    const dense = 17 * 17 * 128 * 512 + 512 + (512 * 2 + 2);
    expect(model.countParams()).toBe(convolutions + dense);
    model.dispose();
  });
});

describe('preprocess', () => {
  const rgb = [255, 0, 127.5];
  const expected: Record<PreprocessingMode, number[]> = {
    tf: [1, -1, 0],
    unit: [1, 0, 0.5],
    none: rgb,
    caffe: [127.5 - 103.939, 0 - 116.779, 255 - 123.68],
    torch: [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.5 - 0.406) / 0.225],
  };
  it.each(Object.entries(expected))('%s', (mode, wanted) => {
    const out = [...preprocess(tensor4d(rgb, [1, 1, 1, 3]), mode as PreprocessingMode).dataSync()];
    out.forEach((value, index) => expect(value).toBeCloseTo(wanted[index] ?? NaN, 4));
  });
});
