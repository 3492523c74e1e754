import { z } from 'zod';
import { groupingSchema, splitSettingsSchema } from '../../splitting/grouping.ts';
import { splitSchema } from '../projects.ts';

const counts = z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() });

export const splitRequestSchema = splitSettingsSchema.extend({
  train: z.number().min(0).max(1),
  validation: z.number().min(0).max(1),
  test: z.number().min(0).max(1),
  /** Leave items that already have a split where they are. */
  keepGiven: z.boolean().default(false),
});

/** Why a class does not come out in the shares asked for; the sentence is in `shared/split-words.ts`. */
export const splitNoteSchema = z.object({
  code: z.enum(['one-group', 'few-groups', 'large-groups']),
  class: z.string(),
  /** The largest group of the class by its name ('' for pictures that look alike), and its share of the class. */
  group: z.string(),
  percent: z.number().int(),
  split: splitSchema,
  groups: z.number().int(),
  counts,
});
export type ToldSplitNote = z.infer<typeof splitNoteSchema>;

/** Groups of two items or more: how many, how many items are in them, and in the largest. */
export const splitGroupsSchema = z.object({
  count: z.number().int(),
  items: z.number().int(),
  largest: z.number().int(),
});

export const splitPreviewSchema = z.object({
  /** Rows in the order of the classes. */
  table: z.array(counts.extend({ classId: z.number().int() })),
  /** Items that get another split. */
  changed: z.number().int(),
  groups: splitGroupsSchema,
  /** Pictures in a chain of look-alikes too long to be kept together; 0 for none. */
  tooAlike: z.number().int(),
  notes: z.array(splitNoteSchema),
  notesCount: z.number().int(),
});
export type SplitPreview = z.infer<typeof splitPreviewSchema>;

export const splitChoicesSchema = z.object({
  settings: splitSettingsSchema,
  groupings: z.array(
    z.object({
      grouping: groupingSchema,
      /** Different groups, and items that are in one. */
      groups: z.number().int(),
      items: z.number().int(),
      /** What some files give. */
      examples: z.array(z.object({ file: z.string(), group: z.string() })),
    }),
  ),
});
export type SplitChoices = z.infer<typeof splitChoicesSchema>;
