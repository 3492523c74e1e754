import '@tensorflow/tfjs-backend-cpu';
import { randomUniform, setBackend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cutAfter, cutBelow } from '../../../../../electron/engine/training/network/cut.ts';
import { graphOf, layerRows } from '../../../../../electron/engine/zoo/layer-rows.ts';
import { frozenPrefix } from '../../../../../shared/recipe/freezing.ts';
import { networkOf } from '../../../../../shared/network-layers.ts';
import { architecture } from '../../../../../electron/engine/zoo/registry.ts';

beforeAll(() => setBackend('cpu'));

const largest = (a: Tensor, b: Tensor) =>
  a
    .dataSync<'float32'>()
    .reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b.dataSync()[i] as number))), 0);

describe('cutBelow', () => {
  const { model, blocks } = architecture('mobilenet_v2').build({ inputSize: 32, alpha: 0.35, seed: 1 });
  const x = randomUniform([1, 32, 32, 3], -1, 1, 'float32', 7);

  it.each(['block_1', 'block_6', 'block_16', 'last_conv'])(
    'gives the same output in two parts, cut below %s',
    (block) => {
      const whole = model.apply(x, { training: false }) as Tensor;
      const { below, above, shape } = cutBelow(model, blocks, block);
      const middle = below?.apply(x, { training: false }) as Tensor;
      expect(middle.shape).toEqual([1, ...shape]);
      expect(largest(above?.apply(middle, { training: false }) as Tensor, whole)).toBe(0);
    },
  );

  it('shares its weights with the whole', () => {
    const { above } = cutBelow(model, blocks, 'last_conv');
    const layer = above?.getLayer('Conv_1');
    expect(layer).toBe(model.getLayer('Conv_1'));
  });

  it('leaves nothing below a cut at the first block, and nothing above one at the end', () => {
    expect(cutBelow(model, blocks, 'stem')).toMatchObject({ below: null, above: model, shape: [32, 32, 3] });
    expect(cutBelow(model, blocks, null)).toMatchObject({ below: model, above: null, shape: [1, 1, 1280] });
  });

  it('names the blocks there are when asked for one that is not', () => {
    expect(() => cutBelow(model, blocks, 'block5')).toThrow(/no block block5.*stem/);
  });
});

describe('cutAfter', () => {
  const { model } = architecture('mobilenet_v2').build({ inputSize: 32, alpha: 0.35, seed: 1 });
  const x = randomUniform([1, 32, 32, 3], -1, 1, 'float32', 7);

  it.each([
    // Inside a residual block the shortcut crosses too: the prefix ends where the block begins.
    ['block_5_depthwise', 'block_4_add'],
    ['block_13_depthwise', 'block_13_pad'],
    ['Conv_1_bn', 'Conv_1'],
  ])('at the longest prefix before %s gives the same output in two parts', (trained, after) => {
    expect(frozenPrefix(graphOf(model), new Set([trained]))).toBe(after);
    const { below, above, shape } = cutAfter(model, after);
    const middle = below?.apply(x, { training: false }) as Tensor;
    expect(middle.shape).toEqual([1, ...shape]);
    const whole = model.apply(x, { training: false }) as Tensor;
    expect(largest(above?.apply(middle, { training: false }) as Tensor, whole)).toBe(0);
  });
});

describe('the frozen prefix that the freeze panel shows', () => {
  it.each(['mobilenet_v2', 'resnet50', 'inception_v3', 'densenet121'])(
    'is the one the engine caches, wherever a block of %s begins',
    (id) => {
      const row = architecture(id);
      const backbone = row.build({ inputSize: row.minInputSize });
      const { layers } = networkOf(layerRows(backbone));
      const cuts = backbone.blocks.map((_, start) => {
        const trained = new Set(backbone.blocks.slice(start).flatMap((block) => block.layers));
        const after = frozenPrefix(graphOf(backbone.model), trained);
        expect(frozenPrefix(layers, trained)).toBe(after);
        return after;
      });
      expect(cuts[0]).toBeNull();
      // Every later block has something frozen below it.
      expect(cuts.slice(1).every((after) => after !== null)).toBe(true);
      expect(cutAfter(backbone.model, cuts.at(-1) ?? null).below).not.toBeNull();
      backbone.model.dispose();
    },
  );
});
