import { z } from 'zod';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';

const share = z.number().gt(0).lt(1);
const cost = z.number().min(0).max(1e9);

/** What a threshold is chosen for. `hand`: a person put it where it is. */
export const thresholdGoalSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('f1') }),
  /** Youden's J (1950): the true-positive rate less the false-positive rate. */
  z.object({ kind: z.literal('youden') }),
  z.object({ kind: z.literal('cost'), falsePositive: cost, falseNegative: cost }),
  z.object({ kind: z.literal('recall'), atLeast: share }),
  z.object({ kind: z.literal('precision'), atLeast: share }),
  z.object({ kind: z.literal('hand') }),
]);
export type ThresholdGoal = z.infer<typeof thresholdGoalSchema>;

/** Pictures whose probability of this class is at least the threshold are called it, whatever else is more probable. */
export const operatingPointSchema = z.object({
  class: z.number().int().min(0),
  threshold: z.number(),
  goal: thresholdGoalSchema,
  /** Validation pictures it was chosen on. */
  items: z.number().int(),
});
export type OperatingPoint = z.infer<typeof operatingPointSchema>;

/** Prediction sets (split conformal): the true class is in the set for at least `coverage` of pictures like validation's. */
export const setRuleSchema = z.object({
  /** `lac`: the smallest sets on average. `aps`: larger sets for harder pictures. */
  method: z.enum(['lac', 'aps']),
  coverage: share,
  threshold: z.number(),
  items: z.number().int(),
});
export type SetRule = z.infer<typeof setRuleSchema>;

/**
 * "I don't know": pictures whose features lie farther from the k nearest training pictures than `threshold` (cosine
 * distance to the k-th; Sun et al. 2022). The training features lie in the run's folder, `novelty.safetensors`.
 */
export const noveltyRuleSchema = z.object({
  k: z.number().int(),
  /** Share of known pictures (validation) that are taken for unknown, at most. */
  falseAlarms: share,
  /** Null: too few validation pictures to promise that. */
  threshold: z.number().nullable(),
  /** Training pictures compared with, and validation pictures the threshold was set on. */
  bank: z.number().int(),
  items: z.number().int(),
  /** Length of a feature. */
  width: z.number().int(),
});
export type NoveltyRule = z.infer<typeof noveltyRuleSchema>;

/** How a run decides beyond its most probable class, as a person has set it. Null: not set. */
export const runRulesSchema = z.object({
  operatingPoint: operatingPointSchema.nullable(),
  sets: setRuleSchema.nullable(),
  novelty: noveltyRuleSchema.nullable(),
});
export type RunRules = z.infer<typeof runRulesSchema>;

/** True and false positives at a threshold. */
const counts = z.tuple([z.number().int(), z.number().int()]);
const totals = z.object({ positives: z.number().int(), negatives: z.number().int() });

const thresholdPointSchema = z.object({
  threshold: z.number(),
  validation: counts.nullable(),
  judged: counts,
});
export type ThresholdPoint = z.infer<typeof thresholdPointSchema>;

/** What every threshold would do to one class against the rest, strictest first: on validation, and on the split looked at. */
export const thresholdSweepSchema = z.object({
  class: z.number().int(),
  /** Null where the run has no validation pictures, or these are what is looked at. */
  validation: totals.nullable(),
  judged: totals,
  points: z.array(thresholdPointSchema),
});
export type ThresholdSweep = z.infer<typeof thresholdSweepSchema>;

const setReportSchema = z.object({
  rule: setRuleSchema,
  /** On the split looked at: share whose true class is in the set (Wilson), and how many sets have k classes. */
  coverage: z.object({
    value: z.number(),
    count: z.number().int(),
    total: z.number().int(),
    interval: z.tuple([z.number(), z.number()]),
  }),
  meanSize: z.number(),
  sizes: z.array(z.number().int()),
});
export type SetReport = z.infer<typeof setReportSchema>;

const run = z.string();
const which = {
  run,
  split: splitSchema.default('test'),
  collection: z.string().nullable().default(null),
};
const setChoice = { coverage: share, method: z.enum(['lac', 'aps']) };

export const ruleMethods = {
  'rules.get': method(z.object({ run }), runRulesSchema),
  /** At most about a thousand thresholds, exact counts at each. `at` adds one. */
  'rules.sweep': method(
    z.object({ ...which, class: z.number().int().min(0), at: z.number().optional() }),
    thresholdSweepSchema,
  ),
  /** The threshold that serves a goal best on validation; null when none reaches it. */
  'rules.chooseThreshold': method(
    z.object({ run, class: z.number().int().min(0), goal: thresholdGoalSchema }),
    z.object({ threshold: z.number().nullable() }),
  ),
  'rules.setOperatingPoint': method(
    z.object({ run, point: operatingPointSchema.omit({ items: true }).nullable() }),
    runRulesSchema,
  ),
  /** Fits prediction sets on validation and says how they do on a split; nothing is stored. */
  'rules.trySets': method(z.object({ ...which, ...setChoice }), setReportSchema),
  'rules.setSets': method(z.object({ run, sets: z.object(setChoice).nullable() }), runRulesSchema),
  /** Learns what the run knows: features of training pictures, and the distance validation pictures keep. A job. */
  'rules.learnNovelty': method(z.object({ run, falseAlarms: share }), runRulesSchema),
  'rules.forgetNovelty': method(z.object({ run }), runRulesSchema),
};
