import { describe, expect, test } from 'vitest';
import { paretoFront } from '../../../../shared/pareto.ts';
import { valuesOf } from '../../../../shared/recipe/recipe-fields.ts';
import { defaultRecipe, type BackboneSource } from '../../../../shared/recipe/recipe.ts';
import { countCombinations, expandSweep, sweepSpaceSchema } from '../../../../shared/recipe/sweep.ts';
import type { BackboneFacts, KnowBackbone, SweepSpaceInput } from '../../../../shared/recipe/sweep.ts';

const source = (arch: string): BackboneSource => ({ from: 'library', arch, weights: null, alpha: 1 });
const facts: Record<string, BackboneFacts> = {
  vgg16: { inputSize: 224, cut: 'block5', blocks: ['block1', 'block5'], frozenOnly: false },
  tiny: { inputSize: 96, cut: 'top', blocks: ['top'], frozenOnly: false },
  graph: { inputSize: 128, cut: 'end', blocks: ['end'], frozenOnly: true },
};
const know: KnowBackbone = (wanted) => (wanted.from === 'library' ? (facts[wanted.arch] ?? null) : null);

const base = defaultRecipe('fine-tune', source('vgg16'), 224, 'block5');
const expanded = (space: Omit<SweepSpaceInput, 'base'>) =>
  expandSweep(sweepSpaceSchema.parse({ base, ...space }), know);

describe('the space of a sweep', () => {
  test('a grid has every combination under every seed, seed after seed', () => {
    const { entries, combinations, invalid } = expanded({
      axes: [
        { field: 'learningRate', values: [1e-3, 1e-4] },
        { field: 'head.dropout', values: [0, 0.5, 0.7] },
      ],
      seeds: [1, 2],
    });
    expect(combinations).toBe(6);
    expect(invalid).toEqual([]);
    expect(entries).toHaveLength(12);
    expect(entries.slice(0, 6).map(({ seed }) => seed)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(entries[1]).toMatchObject({
      key: 'learningRate=0.001 · dropout=0.5',
      recipe: { seed: 1, head: { dropout: 0.5 }, stages: [{ optimizer: { learningRate: 1e-3 } }, {}] },
    });
    expect(new Set(entries.map(({ key, seed }) => `${key} ${seed}`)).size).toBe(12);
  });

  test('repeats have no axis, and a key all the same', () => {
    const { entries } = expanded({ seeds: [1, 2, 3] });
    expect(entries.map(({ recipe }) => recipe.seed)).toEqual([1, 2, 3]);
    expect(new Set(entries.map(({ key }) => key))).toEqual(new Set(['fine-tune']));
  });

  test('another backbone brings its own size and cut', () => {
    const { entries } = expanded({
      axes: [{ field: 'backbone', values: [source('vgg16'), source('tiny')] }],
      seeds: [1],
    });
    expect(entries.map(({ recipe }) => [recipe.input.size, recipe.stages[1]!.train])).toEqual([
      [224, { what: 'from', block: 'block5' }],
      [96, { what: 'from', block: 'top' }],
    ]);
  });

  test('what makes no recipe is told with its reason, and the rest goes on', () => {
    const { entries, invalid } = expanded({
      axes: [
        { field: 'backbone', values: [source('vgg16'), source('graph'), source('gone')] },
        { field: 'cut', values: ['block1'] },
        { field: 'head.dropout', values: [0.2, 7] },
      ],
      seeds: [1],
    });
    expect(entries.map(({ key }) => key)).toEqual(['backbone=vgg16 · cut=block1 · dropout=0.2']);
    expect(invalid).toHaveLength(5);
    expect(invalid.map(({ problem }) => problem)).toContain('nothing of this backbone can be trained');
    expect(invalid.find(({ key }) => key.includes('gone'))?.problem).toContain('there is no backbone');
  });

  test('combinations that come to the same are trained once', () => {
    const { entries, duplicates } = expanded({
      axes: [{ field: 'l2', values: [0, 0.1, 0, 0.1] }],
      seeds: [1],
    });
    expect([entries.length, duplicates]).toEqual([2, 2]);
  });

  test('a field no recipe has is said at once', () => {
    expect(() => expanded({ axes: [{ field: 'droput', values: [1] }], seeds: [1] })).toThrow(/droput/);
  });

  test('a random search draws different combinations, the same ones each time, from a space too large to list', () => {
    const many = Array.from({ length: 200 }, (_, i) => i / 1000);
    const space = {
      axes: ['head.dropout', 'labelSmoothing', 'l2', 'l2sp', 'optimizerless']
        .slice(0, 4)
        .map((field) => ({ field, values: many })),
      seeds: [1],
      random: { combinations: 20, seed: 3 },
    };
    expect(countCombinations(sweepSpaceSchema.parse({ base, ...space }))).toBe(200 ** 4);
    const { entries } = expanded(space);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(20);
    expect(expanded(space).entries).toEqual(entries);
    expect(expanded({ ...space, random: { combinations: 20, seed: 4 } }).entries).not.toEqual(entries);
  });

  test('too many runs are refused before any is listed', () => {
    const values = Array.from({ length: 200 }, (_, i) => i / 1000);
    const axes = ['head.dropout', 'l2', 'l2sp'].map((field) => ({ field, values }));
    expect(() => expanded({ axes, seeds: [1] })).toThrow(
      expect.objectContaining({ code: 'sweep.too-large' }),
    );
  });
});

test('values between commas; lists keep theirs', () => {
  expect(valuesOf('1e-3, 1e-4')).toEqual([1e-3, 1e-4]);
  expect(valuesOf('adam,sgd')).toEqual(['adam', 'sgd']);
  expect(valuesOf('[256],[128,64],[]')).toEqual([[256], [128, 64], []]);
});

test('the front holds what nothing beats, cheapest first', () => {
  const points = [
    { gain: 0.9, cost: 10 },
    { gain: 0.8, cost: 2 },
    { gain: 0.85, cost: 12 },
    { gain: 0.8, cost: 3 },
    { gain: 0.95, cost: 50 },
    { gain: 0.95, cost: 50 },
  ];
  expect(paretoFront(points)).toEqual([1, 0, 4, 5]);
  expect(paretoFront([])).toEqual([]);
});
