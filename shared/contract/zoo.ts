import { z } from 'zod';
import { method } from './method.ts';

export const weightsEntrySchema = z.object({
  /** Content hash: the name of the file in the library. */
  id: z.string(),
  arch: z.string(),
  alpha: z.number(),
  /** Whether the classifier on top came along. */
  withTop: z.boolean(),
  classes: z.number().int().nullable(),
  params: z.number().int(),
  bytes: z.number(),
  /** File or folder it was imported from, and in which format. */
  source: z.string(),
  format: z.string(),
  importedAt: z.string(),
});
export type WeightsEntry = z.infer<typeof weightsEntrySchema>;

export const architectureSchema = z.object({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  /** Parameters without the classifier, at alpha 1. */
  params: z.number().int(),
  featureWidth: z.number().int(),
  inputSize: z.number().int(),
  minInputSize: z.number().int(),
  /** ImageNet top-1 in percent of the published weights; null where none are published. */
  top1: z.number().nullable(),
  licence: z.string(),
  paper: z.object({ title: z.string(), url: z.string() }),
  alphas: z.array(z.number()),
  blocks: z.array(z.object({ id: z.string(), layers: z.number().int(), params: z.number().int() })),
  /** First block that fine-tuning trains by default. */
  defaultCut: z.string(),
  published: z.array(
    z.object({
      file: z.string(),
      url: z.string(),
      bytes: z.number().nullable(),
      hash: z.string().nullable(),
      alpha: z.number(),
      withTop: z.boolean(),
    }),
  ),
  installed: z.array(weightsEntrySchema),
});
export type Architecture = z.infer<typeof architectureSchema>;

export const layerRowSchema = z.object({
  name: z.string(),
  type: z.string(),
  block: z.string(),
  outputShape: z.array(z.number().int().nullable()),
  params: z.number().int(),
});
export type LayerRow = z.infer<typeof layerRowSchema>;

export const zooMethods = {
  'zoo.list': method(z.object({}), z.array(architectureSchema)),
  'zoo.layers': method(
    z.object({
      arch: z.string(),
      alpha: z.number().positive().default(1),
      inputSize: z.number().int().min(16).max(1024),
    }),
    z.array(layerRowSchema),
  ),
  /** Imports a weights file or folder into the library; `as` names the architecture where it cannot be told. */
  'zoo.import': method(
    z.object({ path: z.string().min(1).max(4096), as: z.string().optional() }),
    weightsEntrySchema,
  ),
  'zoo.remove': method(z.object({ id: z.string() }), z.null()),
};
