import { z } from 'zod';
import { engineInfoSchema } from './app.ts';
import { devicesSchema } from './devices.ts';
import { jobSchema } from './jobs.ts';
import { projectSchema } from './projects.ts';
import { missingFilesSchema, watchedFolderSchema } from './data/sources.ts';
import { suggestionSummarySchema } from './data/suggestions.ts';
import { epochSchema, runProgressSchema, runSchema } from './runs/runs.ts';

/** What the lab tells its windows. Events carry the new state, so a listener needs no second question. */
export const events = {
  'project.changed': projectSchema.nullable(),
  /** Items, labels or splits changed: lists must be read again. */
  'items.changed': z.object({ revision: z.number().int() }),
  'missing.changed': missingFilesSchema,
  'watches.changed': z.array(watchedFolderSchema),
  'run.changed': runSchema,
  /** Runs were removed, tagged, starred or put away: lists must be read again. */
  'runs.changed': z.object({}),
  'run.progress': runProgressSchema,
  'run.epoch': z.object({ run: z.string(), epoch: epochSchema }),
  'suggestions.changed': suggestionSummarySchema,
  'job.changed': jobSchema,
  'engine.changed': engineInfoSchema,
  'devices.changed': devicesSchema,
  'zoo.changed': z.object({}),
};
