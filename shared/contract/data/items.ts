import { z } from 'zod';
import { method } from '../method.ts';
import { classSchema, projectSchema, splitSchema } from '../projects.ts';
import { splitChoicesSchema, splitPreviewSchema, splitRequestSchema } from './splitting.ts';

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
  /** True while the file is not where it was. */
  missing: z.boolean().optional(),
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number(),
  /** What a head on a backbone takes it for that has not seen its label; see `suggestions.*`. */
  suggestion: z.object({ classId: z.number().int(), probability: z.number() }).optional(),
});
export type Item = z.infer<typeof itemSchema>;

export const agreements = ['agrees', 'disagrees', 'suggested'] as const;
export type Agreement = (typeof agreements)[number];

/** By path, or those in the labelling queue, the one whose label would teach most first. */
export const itemOrders = ['path', 'queue'] as const;
export type ItemOrder = (typeof itemOrders)[number];

export const itemFilterSchema = z.object({
  /** null in the list means unlabelled. */
  classes: z.array(z.number().int().nullable()).max(1000).optional(),
  splits: z.array(splitSchema.nullable()).optional(),
  statuses: z.array(z.enum(itemStatuses)).optional(),
  collections: z.array(z.string()).optional(),
  excluded: z.boolean().optional(),
  text: z.string().max(500).optional(),
  /** Only items in this folder and those under it: the beginning of `path`, without the last separator. */
  folder: z.string().max(4096).optional(),
  /** The suggested class is the label, is another one, or there is a suggestion and no label. */
  agreement: z.enum(agreements).optional(),
  /** The suggestion is at least this probable. */
  sure: z.number().min(0).max(1).optional(),
});
export type ItemFilter = z.infer<typeof itemFilterSchema>;

const ids = z.array(z.number().int()).min(1).max(1_000_000);
const index = z.number().int().min(0);
/** What an edit did, for the undo notice: how many items, and what undo would now take back. */
const edit = z.object({ changed: z.number().int(), project: projectSchema });
const history = z.object({
  done: z.boolean(),
  action: z.string(),
  changed: z.number().int(),
  /** One of the items it was about, to look at; null for none. */
  item: z.number().int().nullable(),
  project: projectSchema,
});

export type EditDone = z.infer<typeof history>;

const classId = z.number().int();
const classImpact = z.object({ items: z.number().int(), runs: z.number().int() });
/** How many items have a class, and how many runs were trained with it. */
export type ClassImpact = z.infer<typeof classImpact>;
const className = z.string().min(1).max(200);

const order = z.enum(itemOrders).default('path');

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

/** What a source is; `auto` finds out by its layout and content. */
export const importKinds = ['auto', 'folder', 'csv', 'coco', 'voc', 'zip'] as const;
export type ImportKind = (typeof importKinds)[number];

const sourcePath = z.string().min(1).max(4096);

export const itemMethods = {
  /** Starts an import job; its result is an ImportReport. */
  'items.import': method(
    z.object({
      path: sourcePath,
      /** Further sources of the same kind, imported together with the first. */
      also: z.array(sourcePath).max(10_000).default([]),
      kind: z.enum(importKinds).default('auto'),
      /** The class of what the source does not label. */
      classId: z.number().int().optional(),
      /** Copy the files into the project instead of referring to them where they are. */
      copy: z.boolean().default(false),
      collection: z.string().min(1).max(100).default('main'),
    }),
    z.object({ job: z.string() }),
  ),
  /** A window of the filtered items. */
  'items.list': method(
    z.object({
      filter: itemFilterSchema.default({}),
      order,
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
  /** Ids of the filtered items from position `first` to `last`, both included: what a selection holds. */
  'items.ids': method(
    z.object({ filter: itemFilterSchema.default({}), order, first: index, last: index }),
    z.array(z.number().int()),
  ),
  /** Where an item stands among the filtered items; null when the filter leaves it out. */
  'items.position': method(
    z.object({ filter: itemFilterSchema.default({}), order, id: z.number().int() }),
    z.object({ index: index.nullable() }),
  ),
  /** The folders items lie in, with the number of items in and under each: those with most of them, by name. */
  'items.folders': method(z.object({}), z.array(z.object({ path: z.string(), items: z.number().int() }))),
  'items.get': method(z.object({ ids: z.array(z.number().int()).max(2000) }), z.array(itemSchema)),
  'items.label': method(z.object({ ids, classId: z.number().int().nullable() }), edit),
  'items.setSplit': method(z.object({ ids, split: splitSchema.nullable() }), edit),
  'items.exclude': method(z.object({ ids, excluded: z.boolean() }), edit),
  /** Deals labelled items out to train, validation and test: stratified, seeded, groups undivided. */
  'items.resplit': method(splitRequestSchema, edit.extend({ preview: splitPreviewSchema })),
  /** What `items.resplit` would come to; changes nothing. */
  'items.previewSplit': method(splitRequestSchema, splitPreviewSchema),
  /** How the items were dealt out last, and what they could be grouped by. */
  'items.splitChoices': method(z.object({}), splitChoicesSchema),
  'items.undo': method(z.object({}), history),
  'items.redo': method(z.object({}), history),
  'classes.create': method(z.object({ name: className }), z.array(classSchema)),
  'classes.rename': method(z.object({ id: classId, name: className }), z.array(classSchema)),
  /** What removing a class or merging it would be about. */
  'classes.impact': method(z.object({ id: classId }), classImpact),
  /** Labels every item of one class with another, and removes the class. Runs that know it keep it. */
  'classes.merge': method(z.object({ id: classId, into: classId }), edit),
  /** Removes a class; its items have no label then. Runs that know it keep it. */
  'classes.remove': method(z.object({ id: classId }), edit),
  /** Puts all classes in this order. */
  'classes.arrange': method(z.object({ ids: z.array(classId).max(10_000) }), z.array(classSchema)),
  /** Gives a class the key that labels with it; null for none. */
  'classes.setKey': method(
    z.object({
      id: classId,
      key: z
        .string()
        .regex(/^[1-9A-Z]$/)
        .nullable(),
    }),
    z.array(classSchema),
  ),
  'classes.setColor': method(
    z.object({ id: classId, color: z.number().int().min(0).max(1000) }),
    z.array(classSchema),
  ),
};
