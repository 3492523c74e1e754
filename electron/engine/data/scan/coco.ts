import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { GraftError } from '../../../../shared/errors.ts';
import type { Split } from '../../../../shared/contract/projects.ts';
import { batchSize } from './batch.ts';
import type { ScanBatch, SourceEntry } from './batch.ts';
import { labelOfObjects } from './marked-objects.ts';
import type { MarkedObject } from './marked-objects.ts';
import { splitOfName } from './names.ts';
import { isFile } from './is-file.ts';

/** Of a whole COCO file; that of the 118,000 training pictures of 2017 has 470 MB with its outlines. */
const maxBytes = 500 * 2 ** 20;

const id = z.union([z.number(), z.string()]);
/** What we need of the format (https://cocodataset.org/#format-data); the rest may be anything. */
const cocoSchema = z.object({
  images: z.array(z.object({ id, file_name: z.string().min(1).max(4096) })),
  annotations: z
    .array(
      z.object({
        image_id: id,
        category_id: id,
        area: z.number().nullish(),
        bbox: z.array(z.number()).nullish(),
      }),
    )
    .default([]),
  categories: z.array(z.object({ id, name: z.string().max(1000) })).default([]),
});
type Coco = z.infer<typeof cocoSchema>;

/**
 * Lists the pictures of a COCO annotation file with the class that is marked in them. A picture's file is looked for
 * beside the annotations, in `images/`, and in the folders that COCO itself uses (`../train2017`). The split is told
 * by the file's name (`instances_train2017.json`) or that of its folder.
 * @throws GraftError import.coco-malformed, import.coco-too-large, file.unreadable
 */
export async function* scanCoco(path: string): AsyncGenerator<ScanBatch> {
  const coco = await readCoco(path);
  const marked = objectsByImage(coco);
  const split = splitOfCoco(path);
  const folders = pictureFolders(path);
  const seen = new Set<string>();
  for (let start = 0; start < coco.images.length; start += batchSize) {
    const batch: ScanBatch = { entries: [], skipped: [] };
    for (const image of coco.images.slice(start, start + batchSize)) {
      const found = await locate(image.file_name, folders);
      if (found === null) batch.skipped.push({ path: image.file_name, reason: 'missing-file' });
      else if (seen.has(found)) batch.skipped.push({ path: found, reason: 'listed-twice' });
      else batch.entries.push(entryOf(found, marked.get(String(image.id)) ?? [], split));
      if (found !== null) seen.add(found);
    }
    yield batch;
  }
}

/** Whether a file is JSON that names pictures and categories, judged by its first kilobytes. */
export function looksLikeCoco(start: string): boolean {
  return /^\ufeff?\s*\{/.test(start) && /"(images|annotations|categories|licenses)"\s*:\s*\[/.test(start);
}

function entryOf(path: string, objects: MarkedObject[], split: Split | null): SourceEntry {
  return { path, split, ...labelOfObjects(objects) };
}

async function readCoco(path: string): Promise<Coco> {
  let parsed: unknown;
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new GraftError('import.coco-too-large', { path, limit: maxBytes / 2 ** 20 });
    parsed = JSON.parse((await readFile(path, 'utf8')).replace(/^\ufeff/, ''));
  } catch (error) {
    if (error instanceof GraftError) throw error;
    if (error instanceof SyntaxError) throw malformed(path, error.message, error);
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unreadable', { path, detail }, { cause: error });
  }
  const checked = cocoSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw malformed(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, checked.error);
}

function malformed(path: string, detail: string, cause: unknown): GraftError {
  return new GraftError('import.coco-malformed', { path, detail: detail.slice(0, 200) }, { cause });
}

/** Marks by image. Ids may be numbers or texts; a category that is not listed marks nothing. */
function objectsByImage({ annotations, categories }: Coco): Map<string, MarkedObject[]> {
  const names = new Map(categories.map((category) => [String(category.id), category.name]));
  const marked = new Map<string, MarkedObject[]>();
  for (const { image_id: image, category_id, area, bbox } of annotations) {
    const category = names.get(String(category_id));
    if (category === undefined) continue;
    const object = { category, area: area ?? (bbox?.length === 4 ? bbox[2]! * bbox[3]! : null) };
    const objects = marked.get(String(image));
    if (objects) objects.push(object);
    else marked.set(String(image), [object]);
  }
  return marked;
}

function splitOfCoco(path: string): Split | null {
  const words = basename(path)
    .replace(/\.json$/i, '')
    .split(/[_\-. ]/)
    .map((word) => word.replace(/\d+$/, ''));
  for (const word of words) {
    const split = splitOfName(word);
    if (split) return split;
  }
  return splitOfName(basename(dirname(path)));
}

/** Where the pictures of an annotation file may lie, likeliest first. */
function pictureFolders(path: string): string[] {
  const beside = dirname(resolve(path));
  const above = dirname(beside);
  // instances_train2017.json and its like stand for the folder train2017.
  const subset =
    basename(path)
      .replace(/\.json$/i, '')
      .split('_')
      .at(-1) ?? '';
  const folders = [beside, above].flatMap((folder) => [
    folder,
    join(folder, 'images'),
    join(folder, subset),
    join(folder, 'images', subset),
    join(folder, 'data'),
  ]);
  return [...new Set(folders)];
}

/** A name in the file may be a path; one that leads elsewhere by `..` is not followed. */
async function locate(name: string, folders: string[]): Promise<string | null> {
  const steps = name.replaceAll('\\', '/');
  if (steps.includes('\0') || steps.split('/').includes('..')) return null;
  if (isAbsolute(name)) return (await isFile(name)) ? name : null;
  for (const folder of folders) {
    const path = join(folder, steps);
    if (!(await isFile(path))) continue;
    // The next picture is likely to lie in the same place.
    folders.splice(folders.indexOf(folder), 1);
    folders.unshift(folder);
    return path;
  }
  return null;
}
