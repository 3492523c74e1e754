import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';

/** Whole runs a window keeps: the newest. Older ones it reads when somebody asks for them. */
export const RUNS_AT_HAND = 200;

export const runStatuses = ['running', 'paused', 'done', 'stopped', 'interrupted', 'failed'] as const;

export const summarySchema = z.object({
  collection: z.string().nullable(),
  split: splitSchema,
  n: z.number().int(),
  accuracy: z.number(),
  macroF1: z.number(),
  /** Macro one-vs-rest area under the ROC curve; null when it is not defined. */
  rocAuc: z.number().nullable(),
  /** null when some true class got probability exactly 0 and the loss has no end, or nothing was labelled. */
  logLoss: z.number().nullable(),
});
export type Summary = z.infer<typeof summarySchema>;

export const secondsSchema = z.object({
  decode: z.number(),
  features: z.number(),
  train: z.number(),
  evaluate: z.number(),
});

export const runSchema = z.object({
  id: z.string(),
  /** Counts up within a project: what a person calls it, "run 7". */
  number: z.number().int(),
  name: z.string(),
  /** The group of runs it belongs to, see `runGroups.list`; null for none. */
  group: z.string().nullable(),
  status: z.enum(runStatuses),
  recipe: recipeSchema,
  /** Today's names of its classes, in the order of the outputs. */
  classes: z.array(z.string()),
  /** Their ids; null for one the project does not know. A removed class keeps its id. */
  classIds: z.array(z.number().int().nullable()),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  seconds: secondsSchema,
  imagesPerSecond: z.number().nullable(),
  params: z.object({ trainable: z.number().int(), frozen: z.number().int() }).nullable(),
  /** Whether the hashes of the frozen weights agree before and after; null when nothing was frozen. */
  frozenUnchanged: z.boolean().nullable(),
  device: z.string(),
  bestEpoch: z.number().int().nullable(),
  epochs: z.number().int(),
  summaries: z.array(summarySchema),
  /** True when an interrupted or stopped run has a checkpoint to go on from. */
  resumable: z.boolean(),
  error: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
    .nullable(),
});
export type Run = z.infer<typeof runSchema>;
export type RunStatus = Run['status'];

export const epochSchema = z.object({
  /** Counts from 1 over all stages. */
  epoch: z.number().int(),
  stage: z.number().int(),
  loss: z.number(),
  accuracy: z.number(),
  valLoss: z.number().nullable(),
  valAccuracy: z.number().nullable(),
  learningRate: z.number(),
  seconds: z.number(),
});
export type Epoch = z.infer<typeof epochSchema>;

/** What a running run is doing right now. */
export const runProgressSchema = z.object({
  run: z.string(),
  phase: z.enum(['prepare', 'decode', 'features', 'train', 'evaluate', 'save']),
  stage: z.number().int(),
  epoch: z.number().int(),
  epochs: z.number().int(),
  done: z.number(),
  total: z.number(),
  loss: z.number().nullable(),
  accuracy: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  eta: z.number().nullable(),
});
export type RunProgress = z.infer<typeof runProgressSchema>;

export const runPlanSchema = z.object({
  trainableParams: z.number().int(),
  frozenParams: z.number().int(),
  featureWidth: z.number().int(),
  items: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  classes: z.array(z.string()),
  /** Things a person should know before starting, as codes the interface translates. */
  warnings: z.array(z.string()),
});
export type RunPlan = z.infer<typeof runPlanSchema>;

/** What a run did to one layer: SHA-256 over its values before and after, and how many values differ. */
export const layerProofSchema = z.object({
  layer: z.string(),
  /** Block of the backbone, or `head`. */
  block: z.string(),
  /** Whether no stage trained it. */
  frozen: z.boolean(),
  values: z.number().int(),
  before: z.string(),
  after: z.string(),
  changed: z.number().int(),
});
export type LayerProof = z.infer<typeof layerProofSchema>;

/** The proof of freezing, as stored with a run: layers with weights from input to output, the head last. */
export const freezingProofSchema = z.object({ version: z.literal(1), layers: z.array(layerProofSchema) });
export type FreezingProof = z.infer<typeof freezingProofSchema>;

const id = z.string().min(1).max(100);

export const runMethods = {
  'runs.plan': method(z.object({ recipe: recipeSchema }), runPlanSchema),
  'runs.start': method(z.object({ recipe: recipeSchema, name: z.string().max(200).optional() }), runSchema),
  /** The newest runs, whole, and any that is under way; `experiments.list` has them all, line by line. */
  'runs.list': method(z.object({ limit: z.number().int().min(1).optional() }), z.array(runSchema)),
  'runs.get': method(z.object({ id }), z.object({ run: runSchema, epochs: z.array(epochSchema) })),
  /** The proof of freezing; null for a run that has not ended, or ended before proofs were stored. */
  'runs.freezing': method(z.object({ id }), freezingProofSchema.nullable()),
  'runs.pause': method(z.object({ id }), z.null()),
  'runs.resume': method(z.object({ id }), runSchema),
  'runs.stop': method(z.object({ id }), z.null()),
  'runs.rename': method(z.object({ id, name: z.string().min(1).max(200) }), runSchema),
};
