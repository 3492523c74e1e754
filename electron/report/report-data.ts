import { z } from 'zod';
import { comparisonSchema } from '../../shared/contract/results/comparisons.ts';
import { calibrationSchema, evaluationSchema } from '../../shared/contract/results/evaluations.ts';
import { certificateSchema } from '../../shared/contract/documents/exports.ts';
import { splitSchema } from '../../shared/contract/projects.ts';
import { epochSchema, runSchema } from '../../shared/contract/runs/runs.ts';

/** Mistakes shown as pictures: a report is to be sent by mail. */
export const MOST_PICTURES = 24;

/** Everything a report tells, before it is put into words. */
export const reportDataSchema = z.object({
  version: z.string(),
  madeAt: z.string(),
  project: z.string(),
  run: runSchema,
  epochs: z.array(epochSchema),
  evaluation: evaluationSchema,
  /** Colours of the classes, in their order. */
  colors: z.array(z.string().regex(/^#[0-9a-fA-F]{6}$/)),
  calibration: calibrationSchema.nullable(),
  /** Against the run it is compared with, which stands first; null for a report about one run alone. */
  comparison: comparisonSchema.nullable(),
  freezing: z
    .object({ frozenLayers: z.number(), trainedLayers: z.number(), frozenValues: z.number() })
    .nullable(),
  data: z.object({
    rows: z.array(
      z.object({ name: z.string(), train: z.number(), validation: z.number(), test: z.number() }),
    ),
    /** SHA-256 over the SHA-256 of every picture, sorted. */
    picturesHash: z.string(),
  }),
  mistakes: z.object({
    total: z.number(),
    shown: z.array(
      z.object({
        name: z.string(),
        path: z.string(),
        truth: z.number().int(),
        predicted: z.number().int(),
        probability: z.number(),
      }),
    ),
  }),
  certificates: z.array(certificateSchema),
  /** SHA-256 of the file of trained weights; filled in where the report is written. */
  weights: z.object({ path: z.string(), bytes: z.number() }),
  split: splitSchema,
});
export type ReportData = z.infer<typeof reportDataSchema>;

/** What only the file system knows: hashes and pictures. */
export interface ReportFiles {
  /** SHA-256 in hex of the trained weights. */
  weightsHash: string;
  /** A data URI for each shown mistake; null where the picture is gone. */
  pictures: (string | null)[];
}
