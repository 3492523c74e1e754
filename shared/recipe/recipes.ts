import { guideAugmentation } from './augmentation.ts';
import { defaultRecipe, recipeSchema } from './recipe.ts';
import type { BackboneSource, Recipe, RecipeKind, Stage } from './recipe.ts';

/** The recipes that have a name, from the plain baseline to gentle fine-tuning: the ladder of the guide. */
export const recipeNames = [
  'scratch-cnn',
  'scratch-cnn-regularized',
  'scratch-cnn-augmented',
  'features',
  'features-augmented',
  'fine-tune',
  'fine-tune-augmented',
  'gradual',
  'pretrain',
] as const;
export type RecipeName = (typeof recipeNames)[number];

/** Which of the three kinds a named recipe is. */
export const kindOfRecipe: Record<RecipeName, RecipeKind> = {
  'scratch-cnn': 'scratch-cnn',
  'scratch-cnn-regularized': 'scratch-cnn',
  'scratch-cnn-augmented': 'scratch-cnn',
  features: 'features',
  'features-augmented': 'features',
  'fine-tune': 'fine-tune',
  'fine-tune-augmented': 'fine-tune',
  gradual: 'fine-tune',
  pretrain: 'fine-tune',
};

export interface RecipeStart {
  /** null only for the recipes from scratch. */
  backbone: BackboneSource | null;
  inputSize: number;
  /** First block that fine-tuning trains. */
  cut: string;
  /** The backbone's blocks from input to output; `gradual` unfreezes one after the other down to the cut. */
  blocks: readonly string[];
}

/** A named recipe with good defaults. */
export function namedRecipe(name: RecipeName, { backbone, inputSize, cut, blocks }: RecipeStart): Recipe {
  const plain = defaultRecipe(kindOfRecipe[name], backbone, inputSize, cut);
  switch (name) {
    case 'scratch-cnn':
    case 'features':
    case 'fine-tune':
      return plain;
    case 'scratch-cnn-regularized':
      return regularized(plain);
    case 'scratch-cnn-augmented':
      return recipeSchema.parse({
        ...regularized(plain),
        augmentation: guideAugmentation,
        stages: longerAndGentler(plain.stages),
      });
    case 'features-augmented':
      return recipeSchema.parse({ ...plain, augmentation: guideAugmentation });
    case 'fine-tune-augmented':
      return recipeSchema.parse({ ...plain, augmentation: guideAugmentation });
    case 'gradual':
      return recipeSchema.parse({ ...plain, stages: gradualStages(plain.stages, blocks, cut) });
    case 'pretrain':
      return pretraining(plain);
  }
}

/** One more convolution block, one more dense layer and dropout of 0.3, as the guide's second network has. */
function regularized(recipe: Recipe): Recipe {
  return recipeSchema.parse({
    ...recipe,
    scratch: { channels: [...recipe.scratch.channels, 128] },
    head: { ...recipe.head, hidden: [512, 512], dropout: 0.3 },
  });
}

/**
 * A backbone's network from random weights, on a source with many labelled pictures: what it learns there is carried
 * over to others, without the head. The usual means of training whole networks: AdamW, a warm-up, a cosine.
 */
function pretraining(recipe: Recipe): Recipe {
  const { backbone } = recipe;
  return recipeSchema.parse({
    ...recipe,
    backbone: backbone?.from === 'library' ? { ...backbone, weights: null } : backbone,
    head: { pooling: 'avg', hidden: [], dropout: 0 },
    batchNorm: 'batch',
    stages: [
      {
        train: { what: 'all' },
        epochs: 20,
        batchSize: 64,
        optimizer: { name: 'adamw', learningRate: 1e-3, weightDecay: 0.02 },
        schedule: { name: 'cosine', warmup: 1 },
      },
    ],
  });
}

/**
 * Augmented pictures never repeat, and take longer to learn from. With dropout on top, Adam's usual rate of 1e-3
 * stayed at chance for a dozen epochs on 1,000 photographs of cats and dogs; three tenths of it did not. After 30
 * epochs validation was still improving, by leaps: hence more of them, and a rate that comes to rest.
 */
const longerAndGentler = (stages: readonly Stage[]): Stage[] =>
  stages.map((stage) => ({
    ...stage,
    epochs: stage.epochs * 3,
    optimizer: { ...stage.optimizer, learningRate: stage.optimizer.learningRate * 0.3 },
    schedule: { ...stage.schedule, name: 'cosine' as const },
  }));

/** Head first, then block after block from the top down to the cut, each lower one at a gentler rate. */
function gradualStages([head, tune]: readonly Stage[], blocks: readonly string[], cut: string): Stage[] {
  if (!head || !tune) return [];
  const lowest = Math.max(blocks.indexOf(cut), 0);
  const below = blocks.slice(lowest).reverse();
  const epochs = Math.max(1, Math.round(tune.epochs / Math.max(below.length, 1)) + 1);
  const unfrozen = below.slice(0, maxGradualStages).map((block): Stage => ({
    ...tune,
    train: { what: 'from', block },
    epochs,
    blockDecay: 0.6,
  }));
  return [head, ...unfrozen];
}

const maxGradualStages = 11;

/** A block of a network as the freeze control shows it. */
export interface BlockInfo {
  id: string;
  layers: number;
  params: number;
}

/** The blocks of a network trained from scratch, from input to output: a 3x3 convolution and a pooling each. */
export function scratchBlocks({ scratch }: Pick<Recipe, 'scratch'>): BlockInfo[] {
  return scratch.channels.map((filters, index) => ({
    id: `block${index + 1}`,
    layers: 2,
    params: 3 * 3 * (scratch.channels[index - 1] ?? 3) * filters + filters,
  }));
}
