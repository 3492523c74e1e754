import { z } from 'zod';
import { baselineKinds } from '../../recipe/baselines.ts';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';
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

const gainSchema = z.object({
  /** Accuracy of the transferred runs minus the baseline's on the same items, 0-1. */
  gain: z.number(),
  /** 95 %: over seeds (Student, paired) from two on, else over items (Newcombe, paired). */
  interval,
  over: z.enum(['seeds', 'items']),
  seeds: z.number().int(),
  verdict: z.enum(gainVerdicts),
});

export const transferCheckSchema = z.object({
  run: z.string(),
  split: splitSchema,
  /** Epochs each side may take, and items all are judged on. */
  epochs: z.number().int(),
  items: z.number().int(),
  /** Empty for a run that carries nothing over. */
  baselines: z.array(
    z.object({
      kind: z.enum(baselineKinds),
      /** Pairs of finished runs with the same seed. */
      pairs: z.array(
        z.object({
          seed: z.number().int(),
          transferred: z.object({ run: z.string(), accuracy: z.number() }),
          baseline: z.object({ run: z.string(), accuracy: z.number() }),
        }),
      ),
      /** null while no baseline was trained. */
      gain: gainSchema.nullable(),
    }),
  ),
  /** `negative`: the alarm. Below zero against any baseline; `positive` against all of them; null while unknown. */
  verdict: z.enum(gainVerdicts).nullable(),
});
export type TransferCheck = z.infer<typeof transferCheckSchema>;

const checked = { run: z.string(), seeds: z.number().int().min(1).max(20).default(1) };

export const transferMethods = {
  /** Whether what a run carried over helped, from the runs there are. */
  'transfer.get': method(z.object({ run: z.string() }), transferCheckSchema),
  /** What a check would still train, and about how long. */
  'transfer.plan': method(
    z.object(checked),
    z.object({ steps: z.array(seriesStepSchema), seconds: z.number().nullable() }),
  ),
  /** Trains the baselines that are missing, and the run itself under further seeds, as a series. */
  'transfer.check': method(z.object(checked), z.object({ group: z.string(), job: z.string() })),
  /** What the runs of a ladder reached so far. */
  'ladder.get': method(z.object({ group: z.string() }), ladderSchema),
};
