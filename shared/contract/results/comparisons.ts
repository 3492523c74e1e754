import { z } from 'zod';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';

const interval = z.tuple([z.number(), z.number()]);

/** More would be pairs by the hundred, in which no difference is left to find. */
export const MOST_COMPARED = 12;

/** One run against another, on the same items. Differences are second - first, as shares. */
export const pairSchema = z.object({
  /** Positions in the list of runs. */
  first: z.number().int(),
  second: z.number().int(),
  /** Items only the first got right, and only the second. */
  onlyFirst: z.number().int(),
  onlySecond: z.number().int(),
  difference: z.number(),
  /** 95 % interval of the difference (Newcombe 1998). */
  interval,
  /** McNemar's p, exact where few items tell the runs apart, and the same after Holm's correction for all pairs. */
  p: z.number(),
  test: z.enum(['exact', 'chi-square']),
  adjustedP: z.number(),
  verdict: z.enum(['first-better', 'second-better', 'unproven']),
  /** The smallest difference that would have been found with 80 % power; null where the runs never disagree. */
  detectable: z.number().nullable(),
  /** Log loss, second - first: below zero, the second is surer of the truth. Paired bootstrap. */
  logLoss: z.object({ difference: z.number(), interval }),
  /** Areas under the ROC curve of each class against the rest (DeLong); null where a side is empty. */
  areas: z.array(
    z
      .object({
        first: z.number(),
        second: z.number(),
        difference: z.number(),
        interval,
        p: z.number(),
      })
      .nullable(),
  ),
});
export type RunPair = z.infer<typeof pairSchema>;

export const comparisonSchema = z.object({
  split: splitSchema,
  classes: z.array(z.string()),
  /** Items all runs were judged on, with the same label. */
  n: z.number().int(),
  /** Items left out: judged by some of the runs alone, or labelled anew between them. */
  leftOut: z.number().int(),
  runs: z.array(
    z.object({
      id: z.string(),
      number: z.number().int(),
      name: z.string(),
      accuracy: z.number(),
      /** 95 % Wilson interval. */
      interval,
      logLoss: z.number(),
    }),
  ),
  pairs: z.array(pairSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const comparisonMethods = {
  /** Runs of the project on the items they share, every pair tested; predicts first where nothing is stored. */
  'comparisons.get': method(
    z.object({
      runs: z.array(z.string()).min(2).max(MOST_COMPARED),
      split: splitSchema.default('test'),
      collection: z.string().nullable().default(null),
    }),
    comparisonSchema,
  ),
};
