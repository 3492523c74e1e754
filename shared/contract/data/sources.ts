import { z } from 'zod';
import { method } from '../method.ts';

/** Where the pictures of a project come from and go to: watched folders, files that have moved, exported labels. */

const path = z.string().min(1).max(4096);

export const missingFilesSchema = z.object({
  items: z.number().int(),
  /** Outermost folders that are gone, or folders that lack single files; the one with the most items first. */
  folders: z.array(z.object({ path: z.string(), items: z.number().int() })),
});
export type MissingFiles = z.infer<typeof missingFilesSchema>;

export const relinkReportSchema = z.object({
  found: z.number().int(),
  /** Items whose files are still not known. */
  missing: z.number().int(),
  /** Files of the right name in the right place with another content: they were left alone. */
  differing: z.number().int(),
  /** Found, but already an item of its own. */
  known: z.number().int(),
});
export type RelinkReport = z.infer<typeof relinkReportSchema>;

export const watchedFolderSchema = z.object({
  id: z.number().int(),
  path: z.string(),
  collection: z.string(),
  copy: z.boolean(),
  /** `gone` while the folder is not there. */
  state: z.enum(['watching', 'gone']),
  /** Items that came by themselves since the project was opened. */
  added: z.number().int(),
});
export type WatchedFolder = z.infer<typeof watchedFolderSchema>;

export const labelExportSchema = z.object({
  path: z.string(),
  items: z.number().int(),
  /** Items whose files are not there: they are in a table, but cannot be put into a folder. */
  missing: z.number().int(),
});
export type LabelExport = z.infer<typeof labelExportSchema>;

export const labelForms = ['csv', 'folders'] as const;
export type LabelForm = (typeof labelForms)[number];

export const sourceMethods = {
  /** Looks for the files of all items; what is found out also reaches `missing.changed`. */
  'items.missing': method(z.object({}), missingFilesSchema),
  /**
   * Starts a job that looks for missing files in the folder `to`, by their path below `from` (all missing files where
   * that is left out) and by name and size, proven by SHA-256. Labels stay as they are. Its result is a RelinkReport.
   */
  'items.relink': method(z.object({ from: path.optional(), to: path }), z.object({ job: z.string() })),
  /**
   * Starts a job that writes labels and splits: a CSV that can be imported again, or split and class folders of copies
   * (or hard links) of the pictures. Nothing is overwritten. Its result is a LabelExport.
   */
  'items.exportLabels': method(
    z.object({ out: path, form: z.enum(labelForms).default('csv'), link: z.boolean().default(false) }),
    z.object({ job: z.string() }),
  ),
  /** Appends a piece (base64) of a file that was dropped or pasted where the page cannot say where it lies. */
  'uploads.write': method(
    z.object({ upload: z.uuid(), path, data: z.string().max(16 * 1024 * 1024) }),
    z.null(),
  ),
  /** Imports what was written, as a job; the files stay in the project. */
  'uploads.import': method(
    z.object({
      upload: z.uuid(),
      collection: z.string().min(1).max(100).default('main'),
      /** The class of what has no label of its own. */
      classId: z.number().int().optional(),
    }),
    z.object({ job: z.string() }),
  ),
  'watches.list': method(z.object({}), z.array(watchedFolderSchema)),
  /** Imports a folder as a job, and takes in what appears there from then on. */
  'watches.add': method(
    z.object({
      path,
      collection: z.string().min(1).max(100).default('main'),
      copy: z.boolean().default(false),
    }),
    z.object({ job: z.string() }),
  ),
  /** Stops watching; items stay. */
  'watches.remove': method(z.object({ id: z.number().int() }), z.array(watchedFolderSchema)),
};
