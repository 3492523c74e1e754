import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { method } from '../method.ts';

const interval = z.tuple([z.number(), z.number()]);

/** The folds of a cross-validation put together: every item judged once, by a run that never saw it. */
export const foldsResultSchema = z.object({
  group: z.string(),
  name: z.string(),
  count: z.number().int(),
  /** The job that trains the rest; null when none is under way. */
  job: z.string().nullable(),
  folds: z.array(
    z.object({
      fold: z.number().int(),
      /** null until its run is done. */
      run: z.string().nullable(),
      number: z.number().int().nullable(),
      n: z.number().int(),
      accuracy: z.number().nullable(),
    }),
  ),
  /** null until every fold is done. */
  pooled: z
    .object({
      n: z.number().int(),
      classes: z.array(z.string()),
      accuracy: z.number(),
      /** 95 % Wilson interval over the items, as if one model had judged them all. */
      interval,
      macroF1: z.number(),
      rocAuc: z.number().nullable(),
      logLoss: z.number().nullable(),
      confusion: z.array(z.array(z.number().int())),
      report: z.array(
        z.object({
          name: z.string(),
          precision: z.number(),
          recall: z.number(),
          f1: z.number(),
          support: z.number().int(),
        }),
      ),
      /**
       * Mean over the folds with Student's interval, its variance corrected for the training items that folds share
       * (Nadeau & Bengio 2003). No estimate of it is unbiased (Bengio & Grandvalet 2004): take it as a lower bound.
       */
      overFolds: z.object({ mean: z.number(), deviation: z.number(), interval }),
    })
    .nullable(),
});
export type FoldsResult = z.infer<typeof foldsResultSchema>;

export const MOST_FOLDS = 20;

export const foldsMethods = {
  /** Trains a recipe once per fold, each with its fold held out, as a series of runs. */
  'folds.start': method(
    z.object({
      recipe: recipeSchema,
      folds: z.number().int().min(2).max(MOST_FOLDS).default(5),
      name: z.string().max(200).optional(),
    }),
    z.object({ group: z.string(), job: z.string() }),
  ),
  'folds.get': method(z.object({ group: z.string() }), foldsResultSchema),
};
