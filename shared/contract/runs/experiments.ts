import { z } from 'zod';
import { recipeKinds } from '../../recipe/recipe.ts';
import { runColumnSchema } from '../../run-columns.ts';
import { method } from '../method.ts';
import { runStatuses } from './runs.ts';

/** A run as one row of the table. `values` holds the columns that were asked for, in their order. */
export const runLineSchema = z.object({
  id: z.string(),
  number: z.number().int(),
  name: z.string(),
  status: z.enum(runStatuses),
  kind: z.enum(recipeKinds),
  /** Architecture id, `run:<id>` for an earlier run, null for none. */
  backbone: z.string().nullable(),
  /** A backbone of the zoo that was carried over without weights. */
  randomWeights: z.boolean(),
  collection: z.string().nullable(),
  starred: z.boolean(),
  archived: z.boolean(),
  tags: z.array(z.string()),
  /** Whether a person wrote a note on it. */
  noted: z.boolean(),
  group: z.string().nullable(),
  /** Whether it was judged on any split. */
  judged: z.boolean(),
  values: z.array(z.union([z.string(), z.number(), z.null()])),
});
export type RunLine = z.infer<typeof runLineSchema>;

export const runGroupings = ['recipe', 'backbone', 'group'] as const;
export type RunGrouping = (typeof runGroupings)[number];

const spread = z.object({
  n: z.number().int(),
  mean: z.number(),
  /** Standard deviation over the runs (n - 1); null for a single one. */
  deviation: z.number().nullable(),
});
export type Spread = z.infer<typeof spread>;

/** Runs that belong together, as one row that can be opened. */
export const runBundleSchema = z.object({
  key: z.string(),
  count: z.number().int(),
  open: z.boolean(),
  /** The run group, where runs are grouped by it; null for the runs of no group. */
  group: z.object({ id: z.string(), kind: z.string(), name: z.string() }).nullable(),
  /** Its first run in the order asked for: what they have in common is read from it. */
  first: runLineSchema,
  validation: spread.nullable(),
  accuracy: spread.nullable(),
  seconds: z.number(),
});
export type RunBundle = z.infer<typeof runBundleSchema>;

/** A row of the table: a run, or the head of a bundle. `id` tells rows apart. */
export const runRowSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('run'), id: z.string(), run: runLineSchema, inBundle: z.boolean() }),
  z.object({ what: z.literal('bundle'), id: z.string(), bundle: runBundleSchema }),
]);
export type RunTableRow = z.infer<typeof runRowSchema>;

const names = z.array(z.string().max(200)).max(200);
export const runFilterSchema = z.object({
  /** In name, number, notes or tags. */
  text: z.string().max(200).optional(),
  kinds: z.array(z.enum(recipeKinds)).optional(),
  /** null in the list means none. */
  backbones: z.array(z.string().max(200).nullable()).max(200).optional(),
  statuses: z.array(z.enum(runStatuses)).optional(),
  /** Runs with any of these tags. */
  tags: names.optional(),
  starred: z.boolean().optional(),
  archived: z.boolean().default(false),
  groups: z.array(z.string().max(100)).max(1000).optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

export const runOrderSchema = z.object({
  column: runColumnSchema.default('number'),
  ascending: z.boolean().default(false),
});
export type RunOrder = z.infer<typeof runOrderSchema>;

const counted = z.object({ value: z.string().nullable(), count: z.number().int() });
/** What there is to filter by, with how many runs each; of runs that are not archived. */
export const runFacetsSchema = z.object({
  total: z.number().int(),
  archived: z.number().int(),
  starred: z.number().int(),
  kinds: z.array(counted),
  backbones: z.array(counted),
  statuses: z.array(counted),
  tags: z.array(counted),
});
export type RunFacets = z.infer<typeof runFacetsSchema>;

/** What would be lost with some runs. */
export const runLossSchema = z.object({
  runs: z.number().int(),
  epochs: z.number().int(),
  bytes: z.number(),
  /** Exported models that lie in their folders. */
  exports: z.number().int(),
  /** Runs that carry over one of these, and could not be trained again. */
  dependants: z.array(z.object({ id: z.string(), number: z.number().int(), name: z.string() })),
});
export type RunLoss = z.infer<typeof runLossSchema>;

/** More lines than a chart can show apart. */
export const MOST_DRAWN = 2000;

const ids = z.array(z.string().min(1).max(100)).min(1).max(20_000);
const tag = z.string().trim().min(1).max(60);

export const experimentMethods = {
  /** A window of the table: runs, or bundles of runs of which those in `open` are followed by theirs. */
  'experiments.list': method(
    z.object({
      filter: runFilterSchema.prefault({}),
      order: runOrderSchema.prefault({}),
      columns: z.array(runColumnSchema).max(60).default([]),
      bundle: z.enum(runGroupings).nullable().default(null),
      open: z.array(z.string().max(200)).max(1000).default([]),
      offset: z.number().int().min(0),
      limit: z.number().int().min(1).max(500),
    }),
    /** `total` counts rows, `runs` the runs that fit the filter. */
    z.object({ total: z.number().int(), runs: z.number().int(), items: z.array(runRowSchema) }),
  ),
  'experiments.facets': method(z.object({}), runFacetsSchema),
  /** Ids of every run that fits, in order: what "all of them" means. */
  'experiments.ids': method(
    z.object({ filter: runFilterSchema.prefault({}), order: runOrderSchema.prefault({}) }),
    z.array(z.string()),
  ),
  /** The first runs that fit, for charts over many of them. */
  'experiments.drawn': method(
    z.object({
      filter: runFilterSchema.prefault({}),
      order: runOrderSchema.prefault({}),
      columns: z.array(runColumnSchema).min(1).max(12),
    }),
    z.object({ total: z.number().int(), runs: z.array(runLineSchema) }),
  ),
  'experiments.notes': method(z.object({ id: z.string() }), z.object({ notes: z.string() })),
  /** Changes what a person says about runs; what is left out stays as it is. */
  'experiments.edit': method(
    z.object({
      ids,
      starred: z.boolean().optional(),
      archived: z.boolean().optional(),
      notes: z.string().max(20_000).optional(),
      addTags: z.array(tag).max(50).default([]),
      removeTags: z.array(tag).max(50).default([]),
    }),
    z.null(),
  ),
  'experiments.loss': method(z.object({ ids }), runLossSchema),
  /** Removes runs for good, with their files. */
  'experiments.delete': method(z.object({ ids }), z.null()),
};
