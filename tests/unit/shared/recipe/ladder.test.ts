import { describe, expect, it } from 'vitest';
import { epochsOf, ladderEntries, rungs, withEpochs } from '../../../../shared/recipe/ladder.ts';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';

const backbone = { from: 'library' as const, arch: 'starter', weights: 'abc', alpha: 1 };

describe('a budget of epochs', () => {
  it('is shared out to the stages as the recipe shares out its own', () => {
    const plain = defaultRecipe('fine-tune', backbone, 96, 'block4');
    expect(plain.stages.map(({ epochs }) => epochs)).toEqual([10, 5]);
    const epochs = (budget: number) => withEpochs(plain, budget).stages.map((stage) => stage.epochs);
    expect(epochs(45)).toEqual([30, 15]);
    expect(epochs(4)).toEqual([3, 1]);
    expect(epochs(1)).toEqual([1, 1]);
  });
});

describe('the ladder', () => {
  const entries = ladderEntries({
    transferred: { backbone, inputSize: 96, cut: 'block4', blocks: ['block1', 'block4'] },
    scratchSize: 64,
    collection: 'pets',
    epochs: 9,
    seeds: 2,
  });

  it('has six rungs of the same epochs on the same items, seed after seed', () => {
    expect(entries.map(({ key }) => key)).toEqual([...rungs, ...rungs]);
    expect(entries.map(({ seed }) => seed)).toEqual([...rungs.map(() => 1), ...rungs.map(() => 2)]);
    for (const { seed, recipe } of entries) {
      expect(epochsOf(recipe)).toBe(9);
      expect(recipe.data.collection).toBe('pets');
      expect(recipe.seed).toBe(seed);
    }
  });

  it('trains from scratch at a size of its own', () => {
    const sizes = entries.map(({ recipe }) => [recipe.backbone === null, recipe.input.size]);
    expect(new Set(sizes.map(String))).toEqual(new Set(['true,64', 'false,96']));
  });
});
