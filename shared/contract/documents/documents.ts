import { z } from 'zod';
import { tableSchema } from '../../table.ts';
import { method } from '../method.ts';
import { splitSchema } from '../projects.ts';

const run = z.string().min(1).max(100);
const out = z.string().min(1).max(4096);
const which = { run, split: splitSchema.default('test'), collection: z.string().nullable().default(null) };

/** The tables of a project that leave it as CSV or JSON. */
export const tableNames = [
  'predictions',
  'confusion',
  'report',
  'roc',
  'precision-recall',
  'calibration',
  'epochs',
  'runs',
] as const;
export type TableName = (typeof tableNames)[number];

export const documentMethods = {
  /**
   * Writes what a run's results page shows as one file that needs neither Graft nor a network: HTML, or PDF by the
   * ending of `out`. `against`: a run to compare it with.
   */
  'documents.report': method(
    z.object({
      ...which,
      against: run.nullable().default(null),
      language: z.enum(['en', 'zh']).default('en'),
      out,
    }),
    z.object({ path: z.string(), bytes: z.number() }),
  ),
  /** One table, every row of it. */
  'documents.table': method(z.object({ ...which, table: z.enum(tableNames) }), tableSchema),
  /** Writes every table as CSV and as JSON into a folder (made if needed). */
  'documents.tables': method(
    z.object({ ...which, out }),
    z.object({ path: z.string(), files: z.array(z.string()) }),
  ),
};
