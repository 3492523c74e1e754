import { randomUniform, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { selectBackend } from '../../../../../electron/engine/backend/index.ts';
import { gradCam } from '../../../../../electron/engine/training/explanation/grad-cam.ts';
import { buildNetwork } from '../../../../../electron/engine/training/network/network.ts';
import { preprocess } from '../../../../../electron/engine/zoo/preprocessing.ts';

const spec = {
  version: 1 as const,
  body: { kind: 'scratch-cnn' as const, channels: [4, 8] },
  input: { size: 24, resize: 'stretch' as const },
  preprocessing: 'unit' as const,
  head: { pooling: 'avg' as const, hidden: [] as number[], dropout: 0 },
  classes: ['a', 'b', 'c'],
};
const pixels = () => randomUniform([3, 24, 24, 3], 0, 255, 'float32', 7) as Tensor4D;

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

test('under a linear head over mean pooling it is the class activation map of Zhou et al. 2016', () => {
  const network = buildNetwork(spec, 8, 5);
  const input = pixels();
  const map = network.body.apply(preprocess(input, 'unit')) as Tensor4D;
  const [, height, width, channels] = map.shape;
  const values = map.dataSync();
  const kernel = network.head.getLayer('head_logits').getWeights()[0]!.dataSync();
  const asked = [0, 1, 2];
  const cam = gradCam(network, input, asked);
  expect(cam.shape).toEqual([3, height, width]);
  const expected = asked.flatMap((label, row) =>
    Array.from({ length: height * width }, (_, place) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        const weight = kernel[channel * spec.classes.length + label]! / (height * width);
        sum += weight * values[(row * height * width + place) * channels + channel]!;
      }
      return Math.max(0, sum);
    }),
  );
  const told = cam.dataSync();
  expect(Math.max(...expected)).toBeGreaterThan(0);
  expected.forEach((value, at) => expect(told[at]).toBeCloseTo(value, 6));
});

test('under a hidden layer its weights are the gradients that finite differences give', () => {
  const network = buildNetwork({ ...spec, head: { ...spec.head, hidden: [6] } }, 8, 5);
  const input = pixels();
  const map = network.body.apply(preprocess(input, 'unit')) as Tensor4D;
  const [, height, width, channels] = map.shape;
  const pooled = (map.mean([1, 2]).arraySync() as number[][])[0]!;
  const logit = (features: number[], label: number): number =>
    tidy(() => {
      const row = map.mean([1, 2]).slice([0], [1]).mul(0).add([features]);
      return (network.head.apply(row) as Tensor).dataSync()[label]!;
    });
  const step = 1e-2;
  const values = map.dataSync();
  const maps = [0, 1, 2].map((label) => {
    const weights = pooled.map((value, channel) => {
      const moved = (by: number) =>
        logit(
          pooled.map((own, at) => (at === channel ? value + by : own)),
          label,
        );
      return (moved(step) - moved(-step)) / (2 * step) / (height * width);
    });
    const told = gradCam(network, input, [label, label, label]).dataSync();
    for (let place = 0; place < height * width; place++) {
      const sum = weights.reduce((total, weight, at) => total + weight * values[place * channels + at]!, 0);
      expect(told[place]).toBeCloseTo(Math.max(0, sum), 4);
    }
    return told;
  });
  expect(Math.max(...maps.flatMap((told) => [...told]))).toBeGreaterThan(0);
});
