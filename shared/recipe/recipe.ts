import { z } from 'zod';
import { augmentationSchema } from './augmentation.ts';

/**
 * A recipe says everything a run depends on. The interface edits one, the command line reads one,
 * a run stores the one it used. Same recipe, same data, same machine, same backend: same weights.
 */

export const optimizerNames = [
  'sgd',
  'momentum',
  'nesterov',
  'rmsprop',
  'adam',
  'adamw',
  'adadelta',
  'adagrad',
] as const;
export const recipeKinds = ['features', 'fine-tune', 'scratch-cnn'] as const;

export const batchNormModes = ['auto', 'stored', 'batch'] as const;

const fraction = z.number().min(0).max(1);

/** Where the carried-over layers come from: weights in the library, or an earlier run of this project. */
export const backboneSource = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('library'),
    /** Architecture id of the zoo, e.g. `mobilenet_v2`. */
    arch: z.string().min(1),
    /** Weights id in the library (content hash); null means random weights (a baseline). */
    weights: z.string().min(1).nullable(),
    /** Width multiplier, for families that have one. */
    alpha: z.number().positive().default(1),
  }),
  z.object({ from: z.literal('run'), run: z.string().min(1) }),
]);

export const optimizerSchema = z.object({
  name: z.enum(optimizerNames).default('adam'),
  learningRate: z.number().positive().max(10),
  /** Momentum of `momentum` and `nesterov`. */
  momentum: fraction.default(0.9),
  /** Decoupled weight decay (`adamw`). */
  weightDecay: z.number().min(0).default(0),
});

export const scheduleNames = ['constant', 'step', 'exponential', 'cosine', 'one-cycle', 'plateau'] as const;

/** How the learning rate moves through a stage; formulas in `electron/engine/training/schedule.ts`. */
export const scheduleSchema = z.object({
  name: z.enum(scheduleNames).default('constant'),
  /** Epochs over which the rate first rises from 0. */
  warmup: z.number().min(0).max(1000).default(0),
  /** `step` and `plateau`: what the rate is multiplied by. `exponential`: its last value as a share of the first. */
  factor: z.number().positive().max(1).default(0.1),
  /** `step`: epochs between two steps. `plateau`: epochs without improvement before one. */
  every: z.number().int().min(1).default(5),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** One stage: what is trained, how long and how gently. */
export const stageSchema = z.object({
  /**
   * `head`: the backbone stays frozen. `all`: everything is trained.
   * `from`: the backbone's blocks from this one upward are trained together with the head.
   * `layers`: these layers of the backbone alone are trained, wherever they lie, together with the head.
   */
  train: z.discriminatedUnion('what', [
    z.object({ what: z.literal('head') }),
    z.object({ what: z.literal('all') }),
    z.object({ what: z.literal('from'), block: z.string().min(1) }),
    z.object({
      what: z.literal('layers'),
      layers: z.array(z.string().min(1).max(200)).min(1).max(10_000),
    }),
  ]),
  epochs: z.number().int().min(1).max(10_000),
  batchSize: z.number().int().min(1).max(4096).default(32),
  optimizer: optimizerSchema,
  schedule: scheduleSchema.default(scheduleSchema.parse({})),
  /**
   * Discriminative rates (Howard & Ruder 2018): each block learns at this factor times the rate of the one
   * above it, and the head at the full rate. 1: all at the same rate.
   */
  blockDecay: z.number().positive().max(1).default(1),
});

export const recipeSchema = z.object({
  version: z.literal(1).default(1),
  kind: z.enum(recipeKinds),
  data: z
    .object({
      /** The collection of items to train on; null means every item of the project. */
      collection: z.string().nullable().default(null),
      /** Filled in when a run starts: what the data and the split were. */
      revision: z.number().int().optional(),
      splitHash: z.string().optional(),
      /** Of a cross-validation: the plan that dealt the items into `count` folds, and the fold held out, from 0. */
      folds: z
        .object({ plan: z.string().min(1), count: z.number().int().min(2), held: z.number().int().min(0) })
        .optional(),
    })
    .default({ collection: null }),
  /** null: no transfer, the network starts from random weights (`scratch-cnn`). */
  backbone: backboneSource.nullable(),
  input: z.object({
    /** Side of the square input in pixels. */
    size: z.number().int().min(16).max(1024),
    resize: z.enum(['stretch', 'crop']).default('stretch'),
  }),
  head: z
    .object({
      /** How feature maps become a vector: their mean over height and width, or every value in a row. */
      pooling: z.enum(['avg', 'flatten']).default('avg'),
      /** Units of the hidden dense layers between the pooled features and the output. */
      hidden: z.array(z.number().int().min(1).max(8192)).max(4).default([256]),
      dropout: fraction.default(0.3),
    })
    .default({ pooling: 'avg', hidden: [256], dropout: 0.3 }),
  /** Filters of the blocks of a network trained from scratch. */
  scratch: z
    .object({ channels: z.array(z.number().int().min(1).max(1024)).min(1).max(6) })
    .default({ channels: [16, 64, 128] }),
  /** null: pictures are taken as they are. */
  augmentation: augmentationSchema.nullable().default(null),
  stages: z.array(stageSchema).min(1).max(12),
  /** Stop a stage when validation loss has not improved for this many epochs; null: never. */
  patience: z.number().int().min(1).nullable().default(null),
  /** Keep the weights of the epoch with the lowest validation loss. */
  restoreBest: z.boolean().default(true),
  labelSmoothing: z.number().min(0).max(0.5).default(0),
  /** Weight of each class in the loss. `balanced`: n / (classes * count), so that all weigh the same. */
  classWeights: z.enum(['none', 'balanced']).default('none'),
  /**
   * What an epoch draws. `balanced`: as many pictures as there are, from each class equally often, those of rare
   * classes repeatedly. It takes the place of balanced class weights, which would then have nothing left to balance.
   */
  sampling: z.enum(['each', 'balanced']).default('each'),
  /** Pulls kernels towards zero. */
  l2: z.number().min(0).max(1).default(0),
  /** Pulls carried-over kernels towards the weights they came with (L2-SP, Li et al. 2018). */
  l2sp: z.number().min(0).max(1).default(0),
  /**
   * What normalizes in the trained part of a backbone that has BatchNormalization. `stored`: the statistics it came
   * with, which a few hundred pictures in small batches would only blur. `batch`: each batch's own, as when training
   * from random weights. `auto`: stored where weights were carried over, else batch.
   */
  batchNorm: z.enum(batchNormModes).default('auto'),
  /** Longest gradient, as the norm over all weights; null: not limited. */
  clipNorm: z.number().positive().nullable().default(null),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(42),
  backend: z.string().default('auto'),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type RecipeInput = z.input<typeof recipeSchema>;
export type RecipeKind = Recipe['kind'];
export type Stage = z.infer<typeof stageSchema>;
export type OptimizerSettings = z.infer<typeof optimizerSchema>;
export type BackboneSource = z.infer<typeof backboneSource>;

/** Side of the input of a network trained from scratch, unless the person says otherwise. */
export const scratchInputSize = 150;

const adam = (learningRate: number): z.input<typeof optimizerSchema> => ({ name: 'adam', learningRate });

/**
 * A good default of each kind, as the starting point of the form and of `--recipe <name>`.
 * `fineTuneFrom` is the first block that fine-tuning trains (the backbone's default cut).
 */
export function defaultRecipe(
  kind: RecipeKind,
  backbone: BackboneSource | null,
  inputSize: number,
  fineTuneFrom = '',
): Recipe {
  // A twentieth of the head's rate: with stored statistics a fifth of that had not arrived anywhere after five epochs.
  const stages: Record<RecipeKind, z.input<typeof stageSchema>[]> = {
    features: [{ train: { what: 'head' }, epochs: 20, batchSize: 64, optimizer: adam(1e-3) }],
    'fine-tune': [
      { train: { what: 'head' }, epochs: 10, batchSize: 64, optimizer: adam(1e-3) },
      { train: { what: 'from', block: fineTuneFrom }, epochs: 5, batchSize: 32, optimizer: adam(5e-5) },
    ],
    'scratch-cnn': [{ train: { what: 'all' }, epochs: 15, batchSize: 32, optimizer: adam(1e-3) }],
  };
  return recipeSchema.parse({
    kind,
    backbone: kind === 'scratch-cnn' ? null : backbone,
    input: { size: inputSize },
    head: kind === 'scratch-cnn' ? { pooling: 'flatten', hidden: [512], dropout: 0 } : undefined,
    stages: stages[kind],
  } satisfies RecipeInput);
}
