import type { Recipe } from './recipe.ts';
import { recipeSchema } from './recipe.ts';
import { kindOfRecipe, namedRecipe } from './recipes.ts';
import type { RecipeName, RecipeStart } from './recipes.ts';
import type { SeriesEntry } from '../contract/runs/series.ts';

/** The six recipes the guide climbs, from the plain network trained from scratch to gentle fine-tuning. */
export const rungs = [
  'scratch-cnn',
  'scratch-cnn-regularized',
  'scratch-cnn-augmented',
  'features',
  'features-augmented',
  'fine-tune-augmented',
] as const satisfies readonly RecipeName[];

/**
 * Epochs of every rung by default: what the network that learns from augmented pictures needs to arrive. The others
 * keep their best epoch by validation loss, so that more than they need costs them nothing.
 */
export const ladderEpochs = 45;

/** A budget of epochs for a recipe: shared out to its stages as it shares out its own, at least one each. */
export function withEpochs(recipe: Recipe, epochs: number): Recipe {
  const shares = shareOut(
    recipe.stages.map((stage) => stage.epochs),
    Math.max(epochs, recipe.stages.length),
  );
  const stages = recipe.stages.map((stage, index) => ({ ...stage, epochs: shares[index]! }));
  return recipeSchema.parse({ ...recipe, stages });
}

/** Epochs a recipe may take in all. */
export const epochsOf = ({ stages }: Pick<Recipe, 'stages'>): number =>
  stages.reduce((sum, { epochs }) => sum + epochs, 0);

/** What of a recipe's data is asked for; the rest says what a run met. */
export function dataAsked({ data }: Pick<Recipe, 'data'>): Recipe['data'] {
  const { collection, folds } = data;
  return folds === undefined ? { collection } : { collection, folds };
}

/** Whole shares of `total` in the proportion of `weights`, at least 1 each; what rounding leaves goes to the first. */
function shareOut(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const shares = weights.map((weight) => Math.max(1, Math.floor((weight * total) / sum)));
  const taken = shares.slice(1).reduce((all, share) => all + share, 0);
  return [Math.max(1, total - taken), ...shares.slice(1)];
}

export interface LadderWishes {
  names?: readonly RecipeName[];
  /** Where each recipe starts: the backbone for those that carry one over, a size alone for those from scratch. */
  transferred: RecipeStart;
  scratchSize: number;
  collection: string | null;
  /** Of every rung; the stages of a recipe share it. */
  epochs: number;
  /** Runs of each rung, with seeds from 1 on. */
  seeds: number;
}

/** Every run of a ladder, seed after seed, so that one that is cut short still compares all rungs. */
export function ladderEntries(wishes: LadderWishes): SeriesEntry[] {
  const { names = rungs, transferred, scratchSize, collection, epochs, seeds } = wishes;
  const scratch: RecipeStart = { backbone: null, inputSize: scratchSize, cut: '', blocks: [] };
  const recipes = names.map((name) => {
    const plain = namedRecipe(name, kindOfRecipe[name] === 'scratch-cnn' ? scratch : transferred);
    return { key: name, recipe: { ...withEpochs(plain, epochs), data: { ...plain.data, collection } } };
  });
  return bySeed(recipes, seeds);
}

/** Each recipe under seeds from 1 on, seed after seed. */
export function bySeed(recipes: readonly { key: string; recipe: Recipe }[], seeds: number): SeriesEntry[] {
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    recipes.map(({ key, recipe }) => ({ key, seed, recipe: { ...recipe, seed } })),
  );
}
