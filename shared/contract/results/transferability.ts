import { z } from 'zod';
import { method } from '../method.ts';

const shareSchema = z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]) });

/** What was estimated at one cut of a backbone, from the mean of each channel there. */
export const cutEstimateSchema = z.object({
  /** First block above the cut: the one fine-tuning would train from. null: the output, nothing above is trained. */
  above: z.string().nullable(),
  width: z.number().int(),
  /** Accuracy of a cross-validated linear classifier. */
  probe: shareSchema.nullable(),
  /** Leave-one-out accuracy of the 5 nearest neighbours. */
  neighbours: shareSchema.nullable(),
  /** LogME (You et al. 2021), H-score (Bao et al. 2019): no unit, higher is better. */
  logMe: z.number().nullable(),
  hScore: z.number().nullable(),
  /** Similarity (CKA) of the features to the classes: how far the source already puts apart what is to be told apart. */
  likeness: z.number().nullable(),
});
export type CutEstimate = z.infer<typeof cutEstimateSchema>;

export const backboneEstimateSchema = z.object({
  /** Items looked at. */
  items: z.number().int(),
  /** From the input to the output. */
  cuts: z.array(cutEstimateSchema),
  /** LEEP (Nguyen et al. 2020) from the source's own classes; null where they did not come along. */
  leep: z.number().nullable(),
  /** Similarity (CKA) of every cut to every other. */
  cka: z.array(z.array(z.number().nullable())),
});
export type BackboneEstimate = z.infer<typeof backboneEstimateSchema>;

/** Scores that put backbones into an order, and the cheap prior: the top-1 accuracy their publisher states. */
export const adviceScores = ['probe', 'neighbours', 'logMe', 'hScore', 'leep', 'top1'] as const;
export type AdviceScore = (typeof adviceScores)[number];

export const advisedBackboneSchema = z.object({
  arch: z.string(),
  weights: z.string(),
  alpha: z.number(),
  title: z.string(),
  inputSize: z.number().int(),
  /** ImageNet top-1 in percent; null where none is published. */
  top1: z.number().nullable(),
  estimate: backboneEstimateSchema,
});
export type AdvisedBackbone = z.infer<typeof advisedBackboneSchema>;

const adviceSchema = z.object({
  id: z.number().int(),
  madeAt: z.string(),
  collection: z.string().nullable(),
  /** Items or splits were edited since. */
  stale: z.boolean(),
  classes: z.number().int(),
  seconds: z.number(),
  /** The most promising first, by the probe at its best cut. */
  backbones: z.array(
    advisedBackboneSchema.extend({
      /** What runs on its frozen features reached, the mean over runs on the same data; null while there is none. */
      outcome: z.object({ accuracy: z.number(), runs: z.number().int() }).nullable(),
    }),
  ),
  /** Backbones that could not be looked at, and why. */
  failed: z.array(
    z.object({
      title: z.string(),
      error: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
    }),
  ),
});
export type TransferAdvice = z.infer<typeof adviceSchema>;

/** How often a score put two backbones into the order their runs later had. */
export const adviceRecordSchema = z.object({
  /** Past estimates with at least two backbones that were run. */
  advices: z.number().int(),
  scores: z.array(
    z.object({ score: z.enum(adviceScores), pairs: z.number().int(), right: z.number().int() }),
  ),
});
export type AdviceRecord = z.infer<typeof adviceRecordSchema>;

export const transferabilityMethods = {
  /** The latest estimates of the project, and how past ones turned out in all projects of this computer. */
  'transferability.get': method(
    z.object({}),
    z.object({ job: z.string().nullable(), advice: adviceSchema.nullable(), record: adviceRecordSchema }),
  ),
  /** Looks at labelled training items through every installed backbone, as a job. */
  'transferability.start': method(
    z.object({ collection: z.string().nullable().default(null) }),
    z.object({ job: z.string() }),
  ),
};
