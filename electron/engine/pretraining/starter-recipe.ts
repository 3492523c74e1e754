import { recipeSchema } from '../../../shared/recipe/recipe.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import type { PicturePlan } from './picture-plan.ts';

/** The pictures the starter backbone learned from: 100 formulas, 13,000 pictures. */
export const starterPictures: PicturePlan = {
  seed: 2022,
  size: 64,
  classes: { fractal: 30, contour: 30, texture: 40 },
  counts: { train: 120, validation: 10, test: 0 },
};

/** Smaller than the pictures, and half of what it is used at: a CPU then sees twice as many in the same time. */
const inputSize = 48;

/**
 * How it learned: the whole network from random weights, told which formula each picture comes from.
 * Nothing is augmented: the pictures of a class differ in everything but the formula, and each is seen a few times only.
 * The last weights are kept, not the best ones: the rate ends near zero, and the last are the best but for noise.
 */
export function starterRecipe(epochs: number): Recipe {
  return recipeSchema.parse({
    kind: 'fine-tune',
    backbone: { from: 'library', arch: 'starter', weights: null },
    input: { size: inputSize },
    head: { pooling: 'avg', hidden: [], dropout: 0 },
    stages: [
      {
        train: { what: 'all' },
        epochs,
        batchSize: 64,
        optimizer: { name: 'adamw', learningRate: 2e-3, weightDecay: 0.02 },
        schedule: { name: 'cosine', warmup: 0.3 },
      },
    ],
    restoreBest: false,
    labelSmoothing: 0.1,
  });
}
