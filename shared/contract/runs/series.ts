import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { method } from '../method.ts';

/** One run of a series: which question of the series it answers (`key`), and with which seed. */
export const seriesEntrySchema = z.object({
  key: z.string().min(1).max(100),
  seed: z.number().int().min(0),
  recipe: recipeSchema,
});
export type SeriesEntry = z.infer<typeof seriesEntrySchema>;

/** Runs trained one after the other as one job; more would be days on most computers. */
const entriesSchema = z.array(seriesEntrySchema).min(1).max(1000);

/** What the group of a series stores. */
export const seriesParamsSchema = z.object({
  entries: entriesSchema,
  /** The run whose transfer is checked; null for a ladder. */
  checked: z.string().nullable().default(null),
  /** No run is begun once those of the series took this long together; null: no limit. */
  budgetSeconds: z.number().positive().nullable().default(null),
});
export type SeriesParams = z.infer<typeof seriesParamsSchema>;
export type SeriesParamsInput = z.input<typeof seriesParamsSchema>;

export const seriesKinds = ['ladder', 'transfer', 'repeats', 'sweep', 'folds'] as const;

/** How a series ended, as the result of its job. */
export const seriesEndSchema = z.object({
  group: z.string(),
  /** Entries whose run failed, and those the time budget left out. */
  failed: z.number().int(),
  left: z.number().int(),
});
export type SeriesEnd = z.infer<typeof seriesEndSchema>;

export const seriesStepSchema = z.object({
  key: z.string(),
  seed: z.number().int(),
  epochs: z.number().int(),
  /** The finished run that did this, on the data as they are; null while there is none. */
  run: z.string().nullable(),
  /** Estimated seconds left for it; null while nothing is known of its speed, 0 when it is done. */
  seconds: z.number().nullable(),
});
export type SeriesStep = z.infer<typeof seriesStepSchema>;

export const seriesMethods = {
  /** What a series would still train, and about how long: from runs that were, else from measured speeds. */
  'series.plan': method(
    z.object({ entries: entriesSchema }),
    z.object({
      steps: z.array(seriesStepSchema),
      /** Seconds of all that are left; null while nothing is known of some. */
      seconds: z.number().nullable(),
    }),
  ),
  /** Trains what no finished run has done yet, one after the other, as one job. */
  'series.start': method(
    z.object({
      kind: z.enum(seriesKinds),
      name: z.string().min(1).max(200),
      entries: entriesSchema,
      budgetSeconds: z.number().positive().nullable().default(null),
    }),
    z.object({ group: z.string(), job: z.string() }),
  ),
  /** Goes on with a series that was cut short. */
  'series.resume': method(z.object({ group: z.string() }), z.object({ job: z.string() })),
};
