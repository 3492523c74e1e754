import { z } from 'zod';
import { method } from './method.ts';
import { splitSchema } from './projects.ts';
import { seriesStepSchema } from './series.ts';

const interval = z.tuple([z.number(), z.number()]);
export const gainVerdicts = ['positive', 'unproven', 'negative'] as const;
export type GainVerdict = (typeof gainVerdicts)[number];

const repeatsSchema = z.object({
  count: z.number().int(),
  mean: z.number(),
  deviation: z.number().nullable(),
  /** 95 % interval of the mean over seeds (Student); null for a single one. */
  interval: interval.nullable(),
});

/** One recipe on the ladder: what its finished runs, one a seed, reached on the same items. */
export const rungSchema = z.object({
  key: z.string(),
  epochs: z.number().int(),
  /** Runs by seed. */
  runs: z.array(z.object({ seed: z.number().int(), run: z.string(), accuracy: z.number() })),
  items: z.number().int(),
  accuracy: repeatsSchema,
  rocAuc: repeatsSchema.nullable(),
  /** Seconds of one run, the median. */
  seconds: z.number(),
  /** The run whose accuracy is the median: it stands for the rung where one curve is drawn. */
  typical: z.string(),
});
export type Rung = z.infer<typeof rungSchema>;

export const ladderSchema = z.object({
  group: z.string(),
  name: z.string(),
  split: splitSchema,
  steps: z.array(seriesStepSchema),
  /** Rungs that have at least one finished run, in the order of the ladder. */
  rungs: z.array(rungSchema),
  /** What a rung gains over the one before, paired by seed (Student's t over the seeds they share). */
  gains: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      gain: z.number(),
      interval,
      p: z.number(),
      seeds: z.number().int(),
      verdict: z.enum(gainVerdicts),
    }),
  ),
  /** Keys of the rungs with the lowest and highest mean accuracy; null with fewer than two rungs. */
  worst: z.string().nullable(),
  best: z.string().nullable(),
});
export type Ladder = z.infer<typeof ladderSchema>;

export const transferMethods = {
  /** What the runs of a ladder reached so far. */
  'ladder.get': method(z.object({ group: z.string() }), ladderSchema),
};
