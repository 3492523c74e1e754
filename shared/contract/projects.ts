import { z } from 'zod';
import { method } from './method.ts';

export const splits = ['train', 'validation', 'test'] as const;
export const splitSchema = z.enum(splits);
export type Split = z.infer<typeof splitSchema>;

export const classSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  /** Position in every list and table. */
  order: z.number().int(),
  /** Position in the fixed colour sequence. */
  color: z.number().int().min(0),
  /** The key that labels with it, `1` to `9` or `A` to `Z`; null for none. */
  key: z.string().nullable(),
  count: z.number().int(),
});
export type ClassInfo = z.infer<typeof classSchema>;

export const projectSchema = z.object({
  path: z.string(),
  name: z.string(),
  createdAt: z.string(),
  /** Goes up with every change to items, labels or splits. */
  revision: z.number().int(),
  classes: z.array(classSchema),
  /** Named groups of items, e.g. a source and a target domain; at least `main`. */
  collections: z.array(z.object({ name: z.string(), items: z.number().int() })),
  counts: z.object({
    items: z.number().int(),
    labelled: z.number().int(),
    /** Items that cannot be read. */
    broken: z.number().int(),
    excluded: z.number().int(),
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
    runs: z.number().int(),
  }),
  /** Per class and split, over labelled, usable items: rows in the order of `classes`. */
  splitTable: z.array(
    z.object({
      classId: z.number().int(),
      train: z.number().int(),
      validation: z.number().int(),
      test: z.number().int(),
    }),
  ),
});
export type Project = z.infer<typeof projectSchema>;

export const recentProjectSchema = z.object({
  path: z.string(),
  name: z.string(),
  openedAt: z.string(),
  /** False when the folder is not there any more (moved, drive unplugged). */
  present: z.boolean(),
});
export type RecentProject = z.infer<typeof recentProjectSchema>;

const path = z.string().min(1).max(4096);

export const projectMethods = {
  'projects.current': method(z.object({}), projectSchema.nullable()),
  'projects.recent': method(z.object({}), z.array(recentProjectSchema)),
  'projects.create': method(z.object({ path, name: z.string().min(1).max(200) }), projectSchema),
  'projects.open': method(z.object({ path }), projectSchema),
  'projects.close': method(z.object({}), z.null()),
  'projects.forget': method(z.object({ path }), z.array(recentProjectSchema)),
  'projects.rename': method(z.object({ name: z.string().min(1).max(200) }), projectSchema),
  /**
   * Makes the sample project (two domains of ten glyph classes) at `path`, or at a free place in the
   * home folder's Documents, opens it, and starts its runs one after the other as a job.
   */
  'projects.sample': method(
    z.object({ path: path.optional(), train: z.boolean().default(true) }),
    z.object({ project: projectSchema, job: z.string().nullable() }),
  ),
};
