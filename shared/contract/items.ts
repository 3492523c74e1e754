import { z } from 'zod';
import { method } from './method.ts';
import { classSchema, projectSchema, splitSchema } from './projects.ts';

export const itemStatuses = ['ok', 'warning', 'broken'] as const;

export const itemSchema = z.object({
  id: z.number().int(),
  /** Relative to the project where possible, as a person would read it. */
  path: z.string(),
  name: z.string(),
  classId: z.number().int().nullable(),
  split: splitSchema.nullable(),
  collection: z.string(),
  status: z.enum(itemStatuses),
  /** Why it cannot be used, or what is odd about it: codes of `shared/item-reasons.ts`. */
  reasons: z.array(z.string()),
  excluded: z.boolean(),
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number(),
});
export type Item = z.infer<typeof itemSchema>;

export const itemFilterSchema = z.object({
  /** null in the list means unlabelled. */
  classes: z.array(z.number().int().nullable()).max(1000).optional(),
  splits: z.array(splitSchema.nullable()).optional(),
  statuses: z.array(z.enum(itemStatuses)).optional(),
  collections: z.array(z.string()).optional(),
  excluded: z.boolean().optional(),
  text: z.string().max(500).optional(),
});
export type ItemFilter = z.infer<typeof itemFilterSchema>;

const ids = z.array(z.number().int()).min(1).max(1_000_000);
/** What an edit did, for the undo notice: how many items, and what undo would now take back. */
const edit = z.object({ changed: z.number().int(), project: projectSchema });
const history = z.object({
  done: z.boolean(),
  action: z.string(),
  changed: z.number().int(),
  project: projectSchema,
});

export const importReportSchema = z.object({
  added: z.number().int(),
  /** Already in the project (same path). */
  known: z.number().int(),
  broken: z.number().int(),
  warnings: z.number().int(),
  /** Files left aside because they are not pictures. */
  skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
  skippedCount: z.number().int(),
  classes: z.array(z.string()),
  seconds: z.number(),
});
export type ImportReport = z.infer<typeof importReportSchema>;

export const itemMethods = {
  /** Starts an import job; its result is an ImportReport. */
  'items.import': method(
    z.object({
      path: z.string().min(1).max(4096),
      kind: z.enum(['auto', 'folder', 'csv']).default('auto'),
      /** Copy the files into the project instead of referring to them where they are. */
      copy: z.boolean().default(false),
      collection: z.string().min(1).max(100).default('main'),
    }),
    z.object({ job: z.string() }),
  ),
  /** A window of the filtered items, in the order of their path. */
  'items.list': method(
    z.object({
      filter: itemFilterSchema.default({}),
      offset: z.number().int().min(0),
      limit: z.number().int().min(1).max(2000),
    }),
    z.object({ total: z.number().int(), items: z.array(itemSchema) }),
  ),
  /** What manifests say of the items besides label and split: patient, camera, session. */
  'items.attributes': method(
    z.object({}),
    z.array(
      z.object({
        name: z.string(),
        /** Different values. */
        values: z.number().int(),
        /** Items that have one. */
        items: z.number().int(),
      }),
    ),
  ),
  'items.get': method(z.object({ ids: z.array(z.number().int()).max(2000) }), z.array(itemSchema)),
  'items.label': method(z.object({ ids, classId: z.number().int().nullable() }), edit),
  'items.setSplit': method(z.object({ ids, split: splitSchema.nullable() }), edit),
  'items.exclude': method(z.object({ ids, excluded: z.boolean() }), edit),
  /** Deals labelled items out to train, validation and test, stratified and seeded. */
  'items.resplit': method(
    z.object({
      train: z.number().min(0).max(1),
      validation: z.number().min(0).max(1),
      test: z.number().min(0).max(1),
      seed: z.number().int().min(0).default(42),
      /** Leave items that already have a split where they are. */
      keepGiven: z.boolean().default(false),
    }),
    edit,
  ),
  'items.undo': method(z.object({}), history),
  'items.redo': method(z.object({}), history),
  'classes.create': method(z.object({ name: z.string().min(1).max(200) }), z.array(classSchema)),
  'classes.rename': method(
    z.object({ id: z.number().int(), name: z.string().min(1).max(200) }),
    z.array(classSchema),
  ),
};
