import { z } from 'zod';

/**
 * What says that items belong together and must not be parted by a split: a column of the manifest, the folder the
 * file lies in (1: its own folder, 2: the one above), or the beginning of its name.
 */
export const groupingSchema = z.discriminatedUnion('from', [
  z.object({ from: z.literal('attribute'), name: z.string().min(1).max(200) }),
  z.object({ from: z.literal('folder'), level: z.number().int().min(1).max(6) }),
  z.object({ from: z.literal('name'), until: z.enum(['_', '-']) }),
]);
export type Grouping = z.infer<typeof groupingSchema>;

/** How a project's items are dealt out; the next import and the folds of a cross-validation go by the last one. */
export const splitSettingsSchema = z.object({
  train: z.number().min(0).max(1).default(0.7),
  validation: z.number().min(0).max(1).default(0.15),
  test: z.number().min(0).max(1).default(0.15),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(42),
  /** Keep pictures together that are nearly the same. */
  near: z.boolean().default(true),
  by: z.array(groupingSchema).max(8).default([]),
});
export type SplitSettings = z.infer<typeof splitSettingsSchema>;

/** The group a file's path puts it in by a grouping of paths; '' for none. `path` with `/` or `\` between folders. */
export function groupOfPath(path: string, grouping: Exclude<Grouping, { from: 'attribute' }>): string {
  const steps = path.split(/[/\\]/);
  const name = steps.at(-1) ?? '';
  if (grouping.from === 'folder') {
    const folders = steps.slice(0, -1);
    // Folders of one name may lie in different places: the whole way down to it names the group.
    return folders.slice(0, folders.length - grouping.level + 1).join('/');
  }
  const end = name.indexOf(grouping.until);
  return end > 0 ? name.slice(0, end) : '';
}
