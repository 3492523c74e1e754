import { describe, expect, it } from 'vitest';
import { frozenPrefix, trainedBy, trainOf } from '../../../../shared/recipe/freezing.ts';
import type { GraphLayer } from '../../../../shared/recipe/freezing.ts';
import { recipeSchema } from '../../../../shared/recipe/recipe.ts';

const blocks = [
  { name: 'stem', layers: ['pad', 'conv'] },
  { name: 'residual', layers: ['left', 'left_bn', 'right', 'sum'] },
  { name: 'top', layers: ['last'] },
];

const layer = (name: string, ...inputs: string[]): GraphLayer => ({
  name,
  inputs,
  learns: name !== 'pad' && name !== 'sum',
});

/** pad > conv > (left > left_bn, right) > sum > last */
const graph = [
  layer('pad', 'input'),
  layer('conv', 'pad'),
  layer('left', 'conv'),
  layer('left_bn', 'left'),
  layer('right', 'conv'),
  layer('sum', 'left_bn', 'right'),
  layer('last', 'sum'),
];

describe('the longest frozen prefix', () => {
  it.each([
    ['nothing', [], 'last'],
    ['the last layer', ['last'], 'sum'],
    ['one branch', ['right'], 'conv'],
    ['the middle of a branch', ['left_bn'], 'conv'],
    ['a layer below frozen ones', ['conv', 'last'], null],
    ['everything', ['pad', 'conv', 'left', 'left_bn', 'right', 'sum', 'last'], null],
    ['layers without weights alone', ['pad', 'sum'], 'last'],
  ])('with %s trained ends where one tensor crosses', (_, trained, after) => {
    expect(frozenPrefix(graph, new Set(trained))).toBe(after);
  });

  it('is none where nothing that learns lies before it: padded pictures are not worth keeping', () => {
    expect(frozenPrefix(graph, new Set(['conv']))).toBeNull();
  });
});

describe('what a stage trains', () => {
  it.each([
    [[], { what: 'head' }],
    [['last'], { what: 'from', block: 'top' }],
    [['left', 'left_bn', 'right', 'sum', 'last'], { what: 'from', block: 'residual' }],
    [blocks.flatMap(({ layers }) => layers), { what: 'all' }],
    [['right', 'last'], { what: 'layers', layers: ['right', 'last'] }],
    [['left', 'left_bn', 'right', 'sum'], { what: 'layers', layers: ['left', 'left_bn', 'right', 'sum'] }],
  ])('%j is written in the shortest way and read back', (layers, train) => {
    const written = trainOf(new Set(layers), blocks);
    expect(written).toEqual(train);
    expect([...trainedBy(written, blocks)]).toEqual(layers);
  });

  it('may be single layers in a recipe, and older recipes still read', () => {
    const recipe = (train: object) => ({
      kind: 'fine-tune',
      backbone: { from: 'library', arch: 'vgg16', weights: null },
      input: { size: 64 },
      stages: [{ train, epochs: 1, optimizer: { learningRate: 1e-3 } }],
    });
    for (const train of [
      { what: 'layers', layers: ['block5_conv2'] },
      { what: 'from', block: 'block5' },
      { what: 'head' },
    ])
      expect(recipeSchema.parse(recipe(train)).stages[0]?.train).toEqual(train);
    expect(recipeSchema.safeParse(recipe({ what: 'layers', layers: [] })).success).toBe(false);
  });
});
