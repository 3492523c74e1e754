import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildRecipe } from '../../../electron/hosts/cli/recipe.ts';
import { recipeNames } from '../../../shared/recipe/recipes.ts';
import type { LabClient, WeightsEntry } from '../../../shared/contract/index.ts';

const weights = (arch: string, id: string, alpha = 1): Partial<WeightsEntry> => ({ arch, id, alpha });
const blocks = [{ id: 'block5' }, { id: 'block_12' }, { id: 'block_14' }];
const zoo = [
  {
    id: 'mobilenet',
    inputSize: 224,
    defaultCut: 'block_12',
    top1: 70.4,
    blocks,
    installed: [weights('mobilenet', 'aquarterwide0', 0.25)],
  },
  {
    id: 'mobilenet_v2',
    inputSize: 160,
    defaultCut: 'block_14',
    top1: 71.3,
    blocks,
    installed: [weights('mobilenet_v2', 'v2')],
  },
  { id: 'vgg16', inputSize: 150, defaultCut: 'block5', top1: 71.5, blocks, installed: [] },
];
/** A lab that knows a zoo and nothing else: all a recipe asks it for. */
const lab = {
  call: (method: string) => Promise.resolve(method === 'zoo.list' ? zoo : null),
} as unknown as LabClient;
const build = (recipe: string, set: string[] = [], backbone?: string) =>
  buildRecipe(lab, { recipe, backbone, set });

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'graft-recipe-')), 'recipe.json');
  writeFileSync(path, content);
  return path;
}

describe('a recipe by name', () => {
  it('takes the best backbone that has weights', async () => {
    const recipe = await build('features');
    expect(recipe.backbone).toEqual({ from: 'library', arch: 'mobilenet_v2', weights: 'v2', alpha: 1 });
    expect(recipe.input.size).toBe(160);
  });

  it('takes the backbone, the weights or the run that is named', async () => {
    expect((await build('features', [], 'mobilenet')).backbone).toMatchObject({
      weights: 'aquarterwide0',
      alpha: 0.25,
    });
    expect((await build('fine-tune', [], 'aquarterwide')).stages[1]!.train).toEqual({
      what: 'from',
      block: 'block_12',
    });
  });

  it.each(recipeNames)('%s is a whole recipe', async (name) => {
    expect((await build(name, [], name === 'pretrain' ? 'vgg16' : undefined)).stages.length).toBeGreaterThan(
      0,
    );
  });

  it('pretrains a network that has no weights, all of it', async () => {
    const recipe = await build('pretrain', [], 'vgg16');
    expect(recipe.backbone).toEqual({ from: 'library', arch: 'vgg16', weights: null, alpha: 1 });
    expect(recipe.stages.map(({ train }) => train.what)).toEqual(['all']);
  });

  it('needs no backbone from scratch', async () => {
    expect(await build('scratch-cnn')).toMatchObject({ kind: 'scratch-cnn', backbone: null });
  });

  it('says which backbones there are, and when one has no weights', async () => {
    await expect(build('features', [], 'vgg99')).rejects.toMatchObject({
      code: 'recipe.no-backbone',
      params: { backbone: 'vgg99', known: 'mobilenet, mobilenet_v2, vgg16' },
    });
    await expect(build('features', [], 'vgg16')).rejects.toMatchObject({ code: 'recipe.no-weights' });
  });
});

describe('--set', () => {
  it('changes fields by their path, JSON or plain text', async () => {
    const recipe = await build('features', [
      'head.hidden=[128,64]',
      'input.resize=crop',
      'seed=7',
      'patience=3',
    ]);
    expect(recipe).toMatchObject({
      head: { hidden: [128, 64] },
      input: { resize: 'crop' },
      seed: 7,
      patience: 3,
    });
  });

  it('changes every stage by the names people use, or one by its place', async () => {
    const { stages } = await build('fine-tune', [
      'epochs=2',
      'optimizer=sgd',
      'stages.1.optimizer.learningRate=0.5',
    ]);
    expect(stages.map(({ epochs, optimizer }) => [epochs, optimizer.name, optimizer.learningRate])).toEqual([
      [2, 'sgd', 0.001],
      [2, 'sgd', 0.5],
    ]);
  });

  it.each([
    ['epoch=3', 'recipe.invalid', /epoch/],
    ['head.width=3', 'recipe.invalid', /head\.width.*pooling, hidden, dropout/],
    ['epochs=many', 'recipe.invalid', /stages\.0\.epochs/],
    ['head.dropout=2', 'recipe.invalid', /head\.dropout/],
    ['noequals', 'recipe.invalid', /key=value/],
    ['__proto__.x=1', 'recipe.invalid', /__proto__/],
  ])('refuses %s', async (change, code, words) => {
    await expect(build('features', [change])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  });
});

describe('a recipe from a file', () => {
  it('is read, checked and completed', async () => {
    const path = file(JSON.stringify(await build('features')));
    expect(await build(path, ['seed=1'])).toMatchObject({ kind: 'features', seed: 1 });
    expect((await build(path, [], 'mobilenet')).backbone).toMatchObject({ arch: 'mobilenet' });
  });

  it.each([
    ['{"kind": ', 'recipe.unreadable'],
    ['null', 'recipe.unreadable'],
    ['{"kind":"features"}', 'recipe.invalid'],
    ['{"version":2}', 'recipe.invalid'],
  ])('%s is answered with %s', async (content, code) => {
    await expect(build(file(content))).rejects.toMatchObject({ code });
  });

  it('that is not there is named, with the names there are', async () => {
    await expect(build('featurs')).rejects.toThrow(/featurs.*scratch-cnn, .*features, .*fine-tune/);
  });
});
