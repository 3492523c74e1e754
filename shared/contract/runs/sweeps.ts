import { z } from 'zod';
import { sweepSpaceSchema } from '../../recipe/sweep.ts';
import { method } from '../method.ts';
import { seriesStepSchema } from './series.ts';

const spread = z.object({ n: z.number().int(), mean: z.number(), deviation: z.number().nullable() });

/** What a sweep would do. */
export const sweepPlanSchema = z.object({
  combinations: z.number().int(),
  /** Runs it comes to, and those that finished runs have done already. */
  runs: z.number().int(),
  done: z.number().int(),
  duplicates: z.number().int(),
  invalid: z.array(z.object({ key: z.string(), problem: z.string() })),
  /** Estimated seconds of what is left; null while nothing is known of some. */
  seconds: z.number().nullable(),
});
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

/** One combination with the runs that were made of it, over seeds. */
export const sweepPointSchema = z.object({
  key: z.string(),
  runs: z.array(z.object({ id: z.string(), number: z.number().int(), seed: z.number().int() })),
  /** Accuracy on validation, which is what a sweep selects by; null while no run of it was judged. */
  validation: spread.nullable(),
  /** Mean seconds of a run, and bytes of the weights of one. */
  seconds: z.number().nullable(),
  size: z.number().nullable(),
});
export type SweepPoint = z.infer<typeof sweepPointSchema>;

export const sweepSchema = z.object({
  group: z.string(),
  kind: z.string(),
  name: z.string(),
  /** The job while it is under way. */
  job: z.string().nullable(),
  budgetSeconds: z.number().nullable(),
  steps: z.array(seriesStepSchema),
  points: z.array(sweepPointSchema),
  /** Key of the best by validation; null while nothing was judged. */
  best: z.string().nullable(),
  /** Keys that no other combination beats, by accuracy against time and against size. */
  front: z.object({ seconds: z.array(z.string()), size: z.array(z.string()) }),
});
export type Sweep = z.infer<typeof sweepSchema>;

export const sweepMethods = {
  'sweeps.plan': method(z.object({ space: sweepSpaceSchema }), sweepPlanSchema),
  /** Trains the combinations one after the other, as one job; `series.resume` goes on with it. */
  'sweeps.start': method(
    z.object({
      space: sweepSpaceSchema,
      name: z.string().trim().min(1).max(200),
      budgetSeconds: z.number().positive().nullable().default(null),
    }),
    z.object({ group: z.string(), job: z.string() }),
  ),
  /** What a group of repeats or a sweep reached so far. */
  'sweeps.get': method(z.object({ group: z.string() }), sweepSchema),
};
