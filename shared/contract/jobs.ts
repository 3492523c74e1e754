import { z } from 'zod';
import { method } from './method.ts';

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum([
    'import',
    'sample',
    'weights',
    'run',
    'evaluate',
    'export',
    'thumbnails',
    'rate',
    'measure',
    'check',
    'curve',
    'relink',
    'series',
    'transferability',
    'suggest',
    'novelty',
    'map',
  ]),
  /** What it works on: a folder, a run's name. */
  subject: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** Phase of the work, a code the interface translates, e.g. `scan`, `inspect`, `features`, `train`. */
  phase: z.string(),
  done: z.number(),
  /** 0 while unknown. */
  total: z.number(),
  /** Estimated seconds left; null while unknown. */
  eta: z.number().nullable(),
  startedAt: z.string(),
  run: z.string().optional(),
  error: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
    .optional(),
  /** Result of a finished job, by kind (import: ImportReport). */
  result: z.unknown().optional(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobMethods = {
  'jobs.list': method(z.object({}), z.array(jobSchema)),
  'jobs.cancel': method(z.object({ id: z.string() }), z.null()),
  'jobs.dismiss': method(z.object({ id: z.string() }), z.null()),
};
