import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bake, selectBackend, unbake } from '../../../../electron/engine/backend/index.ts';
import { loadWeights } from '../../../../electron/engine/weights/load.ts';
import { openWeights } from '../../../../electron/engine/weights/open.ts';
import { preprocess } from '../../../../electron/engine/zoo/preprocessing.ts';
import { architecture } from '../../../../electron/engine/zoo/registry.ts';
import type { Backbone } from '../../../../electron/engine/zoo/network.ts';
import { readNpy } from './npy.ts';
import { fillSynthetic, syntheticValues } from './synthetic-weights.ts';
import type { SyntheticNet } from './synthetic-weights.ts';

const shared = join(import.meta.dirname, '../../../../../shared');
const reference = join(shared, 'reference/backbones');
const weights = join(shared, 'weights');

/** How many of the 16 images are run: the large networks take a second for each. */
const manyImages = 16;
const fewImages = 2;

/** The reference's own measure: see its README. */
const tolerance = 1e-4;

interface Case {
  id: string;
  expected: string;
  size: number;
  alpha?: number;
  /** A real weight file, or weights made by the documented generator. */
  from: string | SyntheticNet;
}

const cases: Case[] = [
  { id: 'mobilenet', expected: 'mobilenet_v1_0.25_224_gap', size: 224, alpha: 0.25, from: 'mobilenet_2_5_224_tf_no_top.rebuilt.h5' },
  { id: 'mobilenet', expected: 'mobilenet_v1_0.25_224_softmax', size: 224, alpha: 0.25, from: 'mobilenet_2_5_224_tf.rebuilt.h5' },
  { id: 'mobilenet', expected: 'mobilenet_v1_0.25_224_softmax', size: 224, alpha: 0.25, from: 'mobilenet_v1_0.25_224_tfjs' },
  { id: 'mobilenet_v2', expected: 'mobilenet_v2_1.0_224_gap', size: 224, from: 'mobilenet_v2_1.0_224.dequantized.h5' },
  { id: 'mobilenet_v2', expected: 'mobilenet_v2_1.0_224_softmax', size: 224, from: 'mobilenet_v2_1.0_224.dequantized.h5' },
  { id: 'vgg16', expected: 'vgg16_150_gap', size: 150, from: { net: 'vgg16' } },
  { id: 'vgg16', expected: 'vgg16_biased_150_gap', size: 150, from: { net: 'vgg16', biased: true } },
  { id: 'resnet50', expected: 'resnet50_150_gap', size: 150, from: { net: 'resnet50' } },
  { id: 'resnet50', expected: 'resnet50_224_gap', size: 224, from: { net: 'resnet50' } },
  { id: 'inception_v3', expected: 'inception_v3_150_gap', size: 150, from: { net: 'inception_v3' } },
  { id: 'inception_v3', expected: 'inception_v3_224_gap', size: 224, from: { net: 'inception_v3' } },
]; // prettier-ignore

async function build({ id, size, alpha, expected, from }: Case): Promise<Backbone> {
  const classes = expected.endsWith('softmax') ? 1000 : undefined;
  const backbone = architecture(id).build({ inputSize: size, alpha, classes });
  if (typeof from !== 'string') {
    fillSynthetic(backbone.model, from);
    return backbone;
  }
  const source = await openWeights(join(weights, from));
  await loadWeights(backbone.model, source);
  source.close();
  return backbone;
}

/** Features averaged over height and width, or probabilities: `[images, width]`. */
function infer(backbone: Backbone, id: string, images: number): Float32Array {
  const size = backbone.inputSize;
  const pixels = readNpy(join(reference, `images_16x${size}x${size}x3_uint8.npy`)).data;
  return tidy(() => {
    const batch = tensor4d(
      Int32Array.from(pixels.subarray(0, images * size * size * 3)),
      [images, size, size, 3],
      'int32',
    );
    const output = backbone.model.predict(preprocess(batch, architecture(id).preprocessing)) as Tensor;
    return (output.rank === 4 ? mean(output, [1, 2]) : output).dataSync<'float32'>();
  });
}

/** Largest difference over an image's features, relative to the largest feature; the worst image. */
function worstError(received: Float32Array, expected: ArrayLike<number>, width: number): number {
  let worst = 0;
  for (let start = 0; start < received.length; start += width) {
    let [difference, largest] = [0, 0];
    for (let i = start; i < start + width; i++) {
      difference = Math.max(difference, Math.abs((received[i] ?? NaN) - (expected[i] ?? NaN)));
      largest = Math.max(largest, Math.abs(expected[i] ?? NaN));
    }
    const error = difference / largest;
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

describe.skipIf(!existsSync(reference))(
  'features as computed independently (needs ../shared/reference/backbones)',
  () => {
    for (const example of cases) {
      const name = `${example.expected} from ${typeof example.from === 'string' ? example.from : 'synthetic weights'}`;
      const absent = typeof example.from === 'string' && !existsSync(join(weights, example.from));
      it.skipIf(absent)(absent ? `${name} (needs ../shared/weights)` : name, async () => {
        const backbone = await build(example);
        const expected = readNpy(join(reference, `${example.expected}.npy`));
        const frozen = backbone.model.getWeights();
        bake(frozen); // As the frozen part of every training run is.
        const received = infer(
          backbone,
          example.id,
          typeof example.from === 'string' ? manyImages : fewImages,
        );
        expect(worstError(received, expected.data, expected.shape[1] ?? 0)).toBeLessThan(tolerance);
        unbake(frozen);
        backbone.model.dispose();
      });
    }

    it.each(['vgg16', 'resnet50', 'inception_v3'])('the generator gives the listed tensors of %s', (net) => {
      interface Listing {
        tensors: { name: string; shape: number[]; sha256: string }[];
      }
      const { tensors } = JSON.parse(readFileSync(join(reference, `${net}.weights.json`), 'utf8')) as Listing;
      for (const { name, shape, sha256 } of tensors.slice(0, 12)) {
        const values = syntheticValues({ net }, name, shape);
        expect(createHash('sha256').update(values).digest('hex').slice(0, 16)).toBe(sha256);
      }
    });
  },
);
