import { z } from 'zod';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';
import { runSchema, runStatuses } from './runs.ts';

/** What a run was made with besides its recipe, as stored when it starts. */
export const madeWithSchema = z.object({
  /** Of Graft. */
  version: z.string(),
  platform: z.string(),
  threads: z.number().int(),
  /** SHA-256 over content, class and split of every item. */
  itemsHash: z.string(),
  /** SHA-256 of the trained weights of the run that was carried over; null for any other backbone. */
  backboneHash: z.string().nullable(),
});
export type MadeWith = z.infer<typeof madeWithSchema>;

/** What can make a run come out differently. */
export const differenceKinds = [
  'version',
  'platform',
  'device',
  'threads',
  'revision',
  'split',
  'items',
  'backbone',
] as const;
export const differenceSchema = z.object({
  what: z.enum(differenceKinds),
  before: z.string(),
  after: z.string(),
});
export type Difference = z.infer<typeof differenceSchema>;

const named = z.object({
  id: z.string(),
  number: z.number().int(),
  name: z.string(),
  status: z.enum(runStatuses),
});

export const reproductionSchema = z.object({
  original: named,
  again: named,
  /** Whether both ended as runs do, so that there is something to compare. */
  comparable: z.boolean(),
  /** Weights, every epoch, metrics and predictions agree to the last bit. */
  identical: z.boolean(),
  /** Layers by the SHA-256 of their trained values; null where a run left no proof of them. */
  weights: z.object({ layers: z.number().int(), different: z.array(z.string()) }).nullable(),
  /** The first epoch whose losses are not the same; null when all are. */
  firstEpoch: z.number().int().nullable(),
  predictions: z.array(
    z.object({
      split: splitSchema,
      items: z.number().int(),
      /** Largest difference of one probability. */
      largest: z.number(),
      /** Items that got another answer. */
      changed: z.number().int(),
      /** Accuracy of the original, and of the run that repeats it; null on a sealed test split. */
      accuracy: z.tuple([z.number(), z.number()]).nullable(),
    }),
  ),
  differences: z.array(differenceSchema),
});
export type Reproduction = z.infer<typeof reproductionSchema>;

const id = z.string().min(1).max(100);

export const reproductionMethods = {
  /** What is not as it was when the run was made. */
  'reproductions.check': method(z.object({ run: id }), z.array(differenceSchema)),
  /** Trains the stored recipe of a run again, on the data as they are. */
  'reproductions.start': method(z.object({ run: id }), runSchema),
  /** Whether a run that repeats another came out the same; null for a run that repeats none. */
  'reproductions.get': method(z.object({ run: id }), reproductionSchema.nullable()),
};
