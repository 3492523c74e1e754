import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { architecture, architectures } from '../../../../electron/engine/zoo/registry.ts';

/** Keras' own counts, with and without the classifier (keras.io/api/applications and `model.count_params()`). */
const kerasCounts: Record<string, [withTop: number, noTop: number]> = {
  mobilenet: [4253864, 3228864],
  mobilenet_v2: [3538984, 2257984],
  // Keras counts the 7 numbers of its Normalization layer too; here they are preprocessing.
  efficientnet_b0: [5330571 - 7, 4049571 - 7],
  densenet121: [8062504, 7037504],
  resnet50: [25636712, 23587712],
  inception_v3: [23851784, 21802784],
  xception: [22910480, 20861480],
  // torchvision's own counts of trainable parameters (25,557,032 and 3,504,872), and the statistics it does not count.
  resnet50_torch: [25557032 + 53120, 25557032 + 53120 - 2049000],
  mobilenet_v2_torch: [3504872 + 34112, 3504872 + 34112 - 1281000],
  vgg16_torch: [138357544, 14714688],
  vgg19_torch: [143667240, 20024384],
  vgg16: [138357544, 14714688],
  vgg19: [143667240, 20024384],
  // Our own: counted by hand from its table of convolutions and four numbers per normalized channel.
  starter: [1245408 + 257 * 1000, 1245408],
};

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

describe.each(architectures.map((row) => [row.id, row] as const))('%s', (id, row) => {
  it('has as many parameters as Keras publishes', () => {
    const [withTop, noTop] = kerasCounts[id] ?? [];
    const full = row.build({ classes: 1000 }).model;
    const features = row.build().model;
    expect(full.countParams()).toBe(withTop);
    expect(features.countParams()).toBe(noTop);
    full.dispose();
    features.dispose();
  });

  it('has the parameters and the feature width its row states, at every published width', () => {
    for (const variant of row.variants) {
      const { model, alpha } = row.build({ alpha: variant.alpha });
      expect({ alpha, parameters: model.countParams() }).toEqual({
        alpha: variant.alpha,
        parameters: variant.parameters,
      });
      expect(model.outputs[0]?.shape.at(-1)).toBe(row.featureWidth(variant.alpha));
      model.dispose();
    }
  });

  it('gathers every layer but the input in exactly one block, and cuts at one of them', () => {
    const { model, blocks, featureLayer } = row.build({ classes: 3 });
    const inBlocks = blocks.flatMap((block) => block.layers);
    const layers = model.layers.map((layer) => layer.name).filter((name) => name !== model.inputNames[0]);
    expect([...inBlocks].sort()).toEqual(layers.sort());
    expect(blocks.map((block) => block.name)).toContain(row.defaultCut);
    expect(inBlocks).toContain(featureLayer);
    model.dispose();
  });

  it('builds at its smallest input and refuses a smaller one', () => {
    const { model } = row.build({ inputSize: row.minInputSize });
    const [, height, width] = model.outputs[0]?.shape ?? [];
    expect(height).toBeGreaterThan(0);
    expect(width).toBe(height);
    model.dispose();
    const tooSmall = () => row.build({ inputSize: row.minInputSize - 1 });
    expect(tooSmall).toThrow(expect.objectContaining({ code: 'zoo.input-too-small' }));
  });

  it('draws the same kernels for the same seed, and others for another', () => {
    const kernel = (seed: number) => {
      const { model } = row.build({ inputSize: row.minInputSize, alpha: row.variants.at(-1)?.alpha, seed });
      const first = model.layers
        .flatMap((layer) => layer.getWeights())[0]
        ?.dataSync()
        .slice(0, 4);
      model.dispose();
      return [...(first ?? [])];
    };
    expect(kernel(1)).toEqual(kernel(1));
    expect(kernel(1)).not.toEqual(kernel(2));
    expect(kernel(1).every((value) => value !== 0)).toBe(true);
  });
});

it('names the backbones there are when asked for one there is not', () => {
  expect(() => architecture('alexnet')).toThrow(
    expect.objectContaining({ code: 'zoo.unknown', params: expect.objectContaining({ id: 'alexnet' }) }),
  );
});

describe.each(
  architectures.flatMap((row) => row.weights.map((weights) => [weights.file, row, weights] as const)),
)('the published %s', (file, row, weights) => {
  it('comes over https under its own name, at a width its architecture has', () => {
    const url = new URL(weights.url);
    expect(url.protocol).toBe('https:');
    expect(url.pathname.split('/').at(-1)).toBe(file);
    expect(row.variants.map(({ alpha }) => alpha)).toContain(weights.alpha);
  });

  it('is as large as its parameters need, and names its hash as its publisher does', () => {
    const variant = row.variants.find(({ alpha }) => alpha === weights.alpha);
    const least = 4 * (variant?.parameters ?? NaN);
    if (weights.bytes !== undefined) expect(weights.bytes).toBeGreaterThan(least);
    expect(weights.md5 ?? '0'.repeat(32)).toMatch(/^[0-9a-f]{32}$/);
    if (weights.sha256Prefix !== undefined) expect(file).toContain(`-${weights.sha256Prefix}.`);
  });
});
