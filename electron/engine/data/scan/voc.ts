import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { GraftError } from '../../../../shared/errors.ts';
import type { Split } from '../../../../shared/contract/projects.ts';
import { batchSize } from './batch.ts';
import type { ScanBatch, SkippedFile, SourceEntry } from './batch.ts';
import { isFile } from './is-file.ts';
import { labelOfObjects } from './marked-objects.ts';
import type { MarkedObject } from './marked-objects.ts';
import { splitOfName } from './names.ts';
import { parseXml, textOf, XmlError } from './xml.ts';
import type { XmlElement } from './xml.ts';

const annotationFolder = 'Annotations';
const pictureFolder = 'JPEGImages';
/** Far more than the annotation of one picture has. */
const maxXmlBytes = 4 * 2 ** 20;
const maxListBytes = 32 * 2 ** 20;
const extensions = ['.jpg', '.jpeg', '.png', '.JPG', '.JPEG', '.PNG', '.bmp', '.webp'];

/** Whether a folder is laid out as Pascal VOC: annotations in one folder, pictures in another. */
export const isVoc = (folders: readonly string[]): boolean =>
  folders.includes(annotationFolder) && folders.includes(pictureFolder);

/**
 * Lists the pictures of a Pascal VOC folder (`Annotations/*.xml`, `JPEGImages/`) with the class that is marked in
 * them, and the split of `ImageSets/Main/train.txt`, `val.txt` and `test.txt` where they are there.
 * @throws GraftError import.voc-layout, file.unreadable
 */
export async function* scanVoc(root: string): AsyncGenerator<ScanBatch> {
  const names = await annotationNames(root);
  const splits = await readSplits(join(root, 'ImageSets', 'Main'));
  const annotated = new Set<string>();
  for (let start = 0; start < names.length; start += batchSize) {
    const batch: ScanBatch = { entries: [], skipped: [] };
    for (const name of names.slice(start, start + batchSize)) {
      const found = await entryOf(root, name, splits.get(parse(name).name) ?? null);
      if ('reason' in found) batch.skipped.push(found);
      else batch.entries.push(found);
      annotated.add(found.path);
    }
    yield batch;
  }
  yield* unannotated(root, annotated, splits);
}

/** Pictures that nobody marked anything in are there to be labelled. */
async function* unannotated(
  root: string,
  annotated: ReadonlySet<string>,
  splits: ReadonlyMap<string, Split>,
): AsyncGenerator<ScanBatch> {
  const pictures = (await readdir(join(root, pictureFolder)).catch(() => [])).sort();
  const entries = pictures
    .filter((name) => extensions.includes(parse(name).ext))
    .map((name) => ({ name, path: join(root, pictureFolder, name) }))
    .filter(({ path }) => !annotated.has(path));
  for (let start = 0; start < entries.length; start += batchSize) {
    const batch = entries.slice(start, start + batchSize);
    yield {
      entries: batch.map(({ name, path }) => ({
        path,
        label: null,
        split: splits.get(parse(name).name) ?? null,
      })),
      skipped: [],
    };
  }
}

async function annotationNames(root: string): Promise<string[]> {
  try {
    const names = await readdir(join(root, annotationFolder));
    return names.filter((name) => /\.xml$/i.test(name) && !name.startsWith('.')).sort();
  } catch (error) {
    throw new GraftError('import.voc-layout', { path: root }, { cause: error });
  }
}

async function entryOf(root: string, name: string, split: Split | null): Promise<SourceEntry | SkippedFile> {
  const path = join(root, annotationFolder, name);
  const annotation = await readAnnotation(path);
  if (!annotation) return { path, reason: 'bad-annotation' };
  const picture = await locate(root, textOf(annotation, 'filename'), parse(name).name);
  if (picture === null) return { path, reason: 'missing-file' };
  return { path: picture, split, ...labelOfObjects(objectsOf(annotation)) };
}

async function readAnnotation(path: string): Promise<XmlElement | null> {
  try {
    if ((await stat(path)).size > maxXmlBytes) return null;
    const root = parseXml(await readFile(path, 'utf8'));
    return root.name === 'annotation' ? root : null;
  } catch (error) {
    if (error instanceof XmlError || (error as NodeJS.ErrnoException).code !== undefined) return null;
    throw error;
  }
}

function objectsOf(annotation: XmlElement): MarkedObject[] {
  return annotation.children
    .filter(({ name }) => name === 'object')
    .map((object) => ({
      category: textOf(object, 'name'),
      area: areaOf(object.children.find(({ name }) => name === 'bndbox')),
    }));
}

function areaOf(box: XmlElement | undefined): number | null {
  if (!box) return null;
  const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
    Number(textOf(box, side)),
  );
  const area = (right! - left!) * (bottom! - top!);
  return Number.isFinite(area) ? area : 0;
}

/** The picture an annotation names, or the one that is called like the annotation. Never one outside the folder. */
async function locate(root: string, filename: string, stem: string): Promise<string | null> {
  const named = filename === '' || filename.includes('\0') ? [] : [basename(filename.replaceAll('\\', '/'))];
  for (const name of [...named, ...extensions.map((extension) => stem + extension)]) {
    const path = join(root, pictureFolder, name);
    if (await isFile(path)) return path;
  }
  return null;
}

/** Split by the name of a picture without its extension; the first list that has it wins, trainval says nothing. */
async function readSplits(folder: string): Promise<Map<string, Split>> {
  const splits = new Map<string, Split>();
  for (const file of ['train.txt', 'val.txt', 'test.txt']) {
    const split = splitOfName(parse(file).name)!;
    for (const line of await linesOf(join(folder, file))) {
      const name = line.trim().split(/\s+/)[0] ?? '';
      if (name !== '' && !splits.has(name)) splits.set(name, split);
    }
  }
  return splits;
}

async function linesOf(path: string): Promise<string[]> {
  try {
    if ((await stat(path)).size > maxListBytes) return [];
    return (await readFile(path, 'utf8')).split('\n');
  } catch {
    return [];
  }
}
