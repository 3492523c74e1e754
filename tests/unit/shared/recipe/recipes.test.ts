import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../../shared/recipe/recipe.ts';
import { kindOfRecipe, namedRecipe, recipeNames, scratchBlocks } from '../../../../shared/recipe/recipes.ts';

const start = {
  backbone: { from: 'library' as const, arch: 'vgg16', weights: 'abc', alpha: 1 },
  inputSize: 150,
  cut: 'block4',
  blocks: ['block1', 'block2', 'block3', 'block4', 'block5'],
};

describe('namedRecipe', () => {
  it.each(recipeNames)('%s is a valid recipe of its kind that says everything itself', (name) => {
    const recipe = namedRecipe(name, start);
    expect(recipeSchema.parse(recipe)).toEqual(recipe);
    expect(recipe.kind).toBe(kindOfRecipe[name]);
    expect(recipe.backbone === null).toBe(name.startsWith('scratch'));
    expect(recipe.augmentation !== null).toBe(name.endsWith('augmented'));
  });

  it('fine-tunes after the head, at a tenth of its rate or less', () => {
    const [head, tune] = namedRecipe('fine-tune', start).stages;
    expect(head?.train).toEqual({ what: 'head' });
    expect(tune?.train).toEqual({ what: 'from', block: 'block4' });
    expect(tune?.optimizer.learningRate).toBeLessThanOrEqual((head?.optimizer.learningRate ?? 0) / 10);
  });

  it('trains longer and at a lower rate from scratch on augmented pictures', () => {
    const [plain] = namedRecipe('scratch-cnn', start).stages;
    const [augmented] = namedRecipe('scratch-cnn-augmented', start).stages;
    expect(augmented?.epochs).toBeGreaterThan(plain?.epochs ?? Infinity);
    expect(augmented?.optimizer.learningRate).toBeLessThan(plain?.optimizer.learningRate ?? 0);
  });

  it('unfreezes gradually from the top block down to the cut', () => {
    const trained = namedRecipe('gradual', start).stages.map(({ train }) =>
      train.what === 'from' ? train.block : train.what,
    );
    expect(trained).toEqual(['head', 'block5', 'block4']);
  });
});

describe('scratchBlocks', () => {
  it('counts the weights and biases of each convolution', () => {
    expect(scratchBlocks(namedRecipe('scratch-cnn', start)).map(({ params }) => params)).toEqual([
      448, 9280, 73856,
    ]);
  });
});
