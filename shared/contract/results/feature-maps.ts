import { z } from 'zod';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';

export const mappedPointSchema = z.object({
  item: z.number().int(),
  /** Index in the run's classes; -1 for an item without one of them. */
  truth: z.number().int(),
  /** What the run said when it was evaluated; null for an item it was not asked about. */
  predicted: z.number().int().nullable(),
  split: splitSchema.nullable(),
  pca: z.tuple([z.number(), z.number()]),
  umap: z.tuple([z.number(), z.number()]),
});
export type MappedPoint = z.infer<typeof mappedPointSchema>;

export const featureMapSchema = z.object({
  classes: z.array(z.string()),
  points: z.array(mappedPointSchema),
  /** Items there are; a map shows a sample of very many. */
  items: z.number().int(),
  /** Share of the variance that each principal component holds. */
  explained: z.tuple([z.number(), z.number()]),
});
export type FeatureMap = z.infer<typeof featureMapSchema>;

export const featureMapMethods = {
  /** The map that was drawn of a run's features; null where there is none of today's items. */
  'featureMaps.get': method(z.object({ run: z.string() }), featureMapSchema.nullable()),
  /** Draws it as a job of kind `map`. */
  'featureMaps.start': method(z.object({ run: z.string() }), z.object({ job: z.string() })),
};
