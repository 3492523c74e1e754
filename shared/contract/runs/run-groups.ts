import { z } from 'zod';
import { method } from '../method.ts';
import { seriesKinds } from './series.ts';

/** Why runs belong together: the folds of a cross-validation, one recipe over seeds, a search over recipe fields, a series. */
export const runGroupKinds = seriesKinds;

export const runGroupSchema = z.object({
  id: z.string(),
  kind: z.enum(runGroupKinds),
  name: z.string(),
  /** What the group was asked to do, by kind. */
  params: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
});
export type RunGroup = z.infer<typeof runGroupSchema>;

export const runGroupMethods = {
  /** Every group, newest first. A run names its group in `Run.group`. */
  'runGroups.list': method(z.object({}), z.array(runGroupSchema)),
};
