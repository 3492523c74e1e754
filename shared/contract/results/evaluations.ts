import { z } from 'zod';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';
import { summarySchema } from '../runs/runs.ts';

const point = z.tuple([z.number(), z.number()]);
const interval = point.nullable();

export const classReportSchema = z.object({
  name: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.number().int(),
  /** 95 % intervals: Wilson's for a share, bootstrap for F1 and for averages; null where there is nothing to count. */
  precisionInterval: interval,
  recallInterval: interval,
  f1Interval: interval,
});
export type ClassReport = z.infer<typeof classReportSchema>;

export const curveSchema = z.object({
  /** Class name, `micro` or `macro`. */
  name: z.string(),
  kind: z.enum(['class', 'micro', 'macro']),
  /** Area under the curve; null when a class has no positive or no negative example. */
  area: z.number().nullable(),
  /** 95 % interval of the area: DeLong's for the ROC of a class, else bootstrap; null where there is none. */
  interval: point.nullable(),
  /** ROC: [false-positive rate, true-positive rate]. Precision-recall: [recall, precision]. */
  points: z.array(point),
});
export type Curve = z.infer<typeof curveSchema>;

export const evaluationSchema = z.object({
  run: z.string(),
  collection: z.string().nullable(),
  split: splitSchema,
  classes: z.array(z.string()),
  n: z.number().int(),
  summary: summarySchema,
  /** 95 % Wilson interval of the accuracy. */
  accuracyInterval: point,
  balancedAccuracy: z.number(),
  /** null where they are not defined: one class alone, or all predictions alike. */
  kappa: z.number().nullable(),
  mcc: z.number().nullable(),
  /** Brier's score summed over the classes: 0 is perfect, 2 the worst. */
  brier: z.number().nullable(),
  /** Share of items whose true class is among the k most probable, with Wilson intervals. */
  topK: z.array(
    z.object({ k: z.number().int(), value: z.number(), count: z.number().int(), interval: point }),
  ),
  /** 95 % bootstrap intervals of the scores that are no shares. */
  intervals: z.object({
    balancedAccuracy: interval,
    kappa: interval,
    mcc: interval,
    logLoss: interval,
    brier: interval,
    macroF1: interval,
    rocAuc: interval,
    /** How many resamples they rest on: fewer of very many items. */
    resamples: z.number().int(),
  }),
  /** Rows: true class; columns: predicted class. */
  confusion: z.array(z.array(z.number().int())),
  /** Class indices in an order that puts those confused with each other side by side. */
  order: z.array(z.number().int()),
  report: z.array(classReportSchema),
  averages: z.array(classReportSchema),
  roc: z.array(curveSchema),
  precisionRecall: z.array(curveSchema),
  mostConfused: z.array(
    z.object({ truth: z.number().int(), predicted: z.number().int(), count: z.number().int() }),
  ),
});
export type EvaluationResult = z.infer<typeof evaluationSchema>;

export const predictedItemSchema = z.object({
  itemId: z.number().int(),
  name: z.string(),
  truth: z.number().int(),
  predicted: z.number().int(),
  probabilities: z.array(z.number()),
});
export type PredictedItem = z.infer<typeof predictedItemSchema>;

const reliabilitySchema = z.object({
  /** Expected calibration error with its 95 % bootstrap interval: how far confidence and accuracy lie apart. */
  ece: z.number(),
  interval: point,
  /** Mean confidence minus accuracy: above 0 the model is surer than it should be. */
  overconfidence: z.number(),
  /** Of equal width in confidence; empty ones have null. */
  bins: z.array(
    z.object({
      low: z.number(),
      high: z.number(),
      count: z.number().int(),
      confidence: z.number().nullable(),
      accuracy: z.number().nullable(),
      /** 95 % Wilson interval of the accuracy. */
      interval: point.nullable(),
    }),
  ),
});
export type ReliabilityResult = z.infer<typeof reliabilitySchema>;

export const calibrationSchema = z.object({
  n: z.number().int(),
  /** The probabilities as the model gives them. */
  asIs: reliabilitySchema,
  /** The same after temperature scaling (Guo et al. 2017) fitted on validation; null where there is none to fit on. */
  scaled: reliabilitySchema.extend({ temperature: z.number(), fittedOn: z.number().int() }).nullable(),
});
export type CalibrationResult = z.infer<typeof calibrationSchema>;

const which = {
  run: z.string(),
  split: splitSchema.default('test'),
  collection: z.string().nullable().default(null),
};
const page = {
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(500).default(60),
};

export const evaluationMethods = {
  /** Everything a results page shows, from stored predictions; predicts first where none are stored. `collection: null` is the run's own. */
  'evaluations.get': method(z.object(which), evaluationSchema),
  /** Whether the model is right as often as it claims, as it is and after temperature scaling. */
  'evaluations.calibration': method(z.object(which), calibrationSchema),
  /** Items of one confusion cell. */
  'evaluations.cell': method(
    z.object({ ...which, ...page, truth: z.number().int(), predicted: z.number().int() }),
    z.object({ total: z.number().int(), items: z.array(predictedItemSchema) }),
  ),
  /**
   * Wrong predictions, the most confident first; or, with `by: 'loss'`, whatever surprised the model most, right or
   * wrong.
   */
  'evaluations.mistakes': method(
    z.object({ ...which, ...page, by: z.enum(['confidence', 'loss']).default('confidence') }),
    z.object({ total: z.number().int(), items: z.array(predictedItemSchema) }),
  ),
};
