import { tensor, tensor4d, tidy, mean } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bake, selectBackend, unbake } from '../../../../electron/engine/backend/index.ts';
import { modelTensors } from '../../../../electron/engine/weights/model-tensors.ts';
import { preprocess } from '../../../../electron/engine/zoo/preprocessing.ts';
import { architecture } from '../../../../electron/engine/zoo/registry.ts';
import { seededRandom } from '../../../../shared/random.ts';
import expected from './keras-features.json' with { type: 'json' };
import { fnv1a } from './synthetic-weights.ts';

/**
 * What Keras 3 itself computes for one image at 128x128, with weights that keras-features.py and this file make the
 * same way. It needs no weight file and no network, and covers the architectures that ../shared/reference has not.
 */
const tolerance = 1e-4;
const { size } = expected;

function drawn(key: string, count: number, value: (u: number) => number): Float32Array {
  const random = seededRandom(fnv1a(key));
  return Float32Array.from({ length: count }, () => value(random()));
}

function syntheticWeight(net: string, name: string, shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, length) => product * length, 1);
  const weight = name.split('/')[1] ?? '';
  if (weight === 'gamma' || weight === 'moving_variance')
    return drawn(`${net}/${name}`, count, (u) => 0.5 + u);
  const limit = weight.includes('kernel') ? Math.sqrt(6 / (count / (shape.at(-1) ?? 1))) : 0.2;
  return drawn(`${net}/${name}`, count, (u) => (2 * u - 1) * limit);
}

function featuresOf(net: string): Float32Array {
  const { model } = architecture(net).build({ inputSize: size });
  for (const { name, shape, variable } of modelTensors(model)) {
    tidy(() => {
      variable.write(tensor(syntheticWeight(net, name, shape), shape, 'float32'));
    });
  }
  const frozen = model.getWeights();
  bake(frozen);
  const features = tidy(() => {
    const pixels = drawn('image', size * size * 3, (u) => Math.floor(u * 256));
    const input = preprocess(tensor4d(pixels, [1, size, size, 3]), architecture(net).preprocessing);
    return mean(model.predict(input) as Tensor, [1, 2]).dataSync<'float32'>();
  });
  unbake(frozen);
  model.dispose();
  return features;
}

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

describe('the features Keras computes', () => {
  it.each(Object.entries(expected.features))('%s', (net, encoded) => {
    const bytes = Buffer.from(encoded, 'base64');
    const wanted = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const received = featuresOf(net);
    expect(received.length).toBe(wanted.length);
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = received.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (wanted[i] ?? NaN))),
      0,
    );
    expect(worst / largest).toBeLessThan(tolerance);
  });
});
