import { stat } from 'node:fs/promises';
import { GraftError } from '../../../shared/errors.ts';
import type { ScanBatch, SkippedFile, SourceEntry } from './scan/batch.ts';
import { scanCoco } from './scan/coco.ts';
import { cocoFiles, layoutOf, looksLikeCocoFile, visible } from './scan/kind.ts';
import { scanFolder } from './scan/folder.ts';
import { mayBePicture } from './scan/may-be-picture.ts';
import { scanTable } from './scan/table.ts';
import { scanVoc } from './scan/voc.ts';

export type { ScanBatch, SkippedFile, SourceEntry } from './scan/batch.ts';

export interface ScanOptions {
  /** `auto` finds out: a folder by its layout, a file by its content. */
  kind: 'auto' | 'folder' | 'csv' | 'coco' | 'voc';
  signal?: AbortSignal;
}

export interface Scan extends ScanBatch {
  /** Class names in alphabetical order. One class alone is legal here; training asks for two. */
  classes: string[];
}

/**
 * Lists what a source holds without decoding anything. Understood are
 * a folder of class folders, a folder of split folders (train, validation/val/valid/dev, test) of class folders,
 * a folder of unlabelled pictures, a CSV or TSV of path,label[,split], COCO annotations (a file or a folder with them),
 * a Pascal VOC folder, and a single picture.
 * Paths are absolute where `path` is. Files come in the order of their names.
 * @throws GraftError file.missing, file.unreadable, import.empty when there is nothing to import, import.table-*,
 * import.coco-*, cancelled
 */
export async function* scanSource(path: string, { kind, signal }: ScanOptions): AsyncGenerator<ScanBatch> {
  let found = 0;
  let skipped = 0;
  for await (const batch of await batchesOf(path, kind)) {
    if (signal?.aborted) throw new GraftError('cancelled');
    found += batch.entries.length;
    skipped += batch.skipped.length;
    yield batch;
  }
  if (found === 0) throw new GraftError('import.empty', { path, skipped });
}

/** The whole of `scanSource` at once, with the classes it found. */
export async function collectScan(path: string, options: ScanOptions): Promise<Scan> {
  const entries: SourceEntry[] = [];
  const skipped: SkippedFile[] = [];
  for await (const batch of scanSource(path, options)) {
    for (const entry of batch.entries) entries.push(entry);
    for (const file of batch.skipped) skipped.push(file);
  }
  const classes = new Set(entries.flatMap(({ label }) => (label === null ? [] : [label])));
  return { entries, skipped, classes: [...classes].sort() };
}

async function batchesOf(path: string, kind: ScanOptions['kind']): Promise<AsyncIterable<ScanBatch>> {
  const info = await statSource(path);
  if (info.isDirectory()) return batchesOfFolder(path, kind);
  if (!info.isFile()) throw new GraftError('file.unreadable', { path, detail: 'not a file or folder' });
  if (kind === 'folder' || kind === 'voc') throw new GraftError('import.not-a-folder', { path });
  if (kind === 'coco') return scanCoco(path);
  if (kind === 'csv') return scanTable(path);
  if (await mayBePicture(path)) return singlePicture(path);
  return (await looksLikeCocoFile(path)) ? scanCoco(path) : scanTable(path);
}

async function batchesOfFolder(path: string, kind: ScanOptions['kind']): Promise<AsyncIterable<ScanBatch>> {
  if (kind === 'csv') throw new GraftError('import.not-a-table', { path });
  if (kind === 'folder') return scanFolder(path);
  if (kind === 'voc') return scanVoc(path);
  if (kind === 'coco') {
    const { files, folders } = await visible(path);
    return scanCocoFiles(await cocoFiles(path, files, folders));
  }
  const layout = await layoutOf(path);
  if (layout.kind === 'voc') return scanVoc(path);
  if (layout.kind === 'coco') return scanCocoFiles(layout.files);
  return layout.kind === 'csv' ? scanTable(layout.file) : scanFolder(path);
}

async function* scanCocoFiles(files: readonly string[]): AsyncGenerator<ScanBatch> {
  for (const file of files) yield* scanCoco(file);
}

async function statSource(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    if (detail === 'ENOENT' || detail === 'ENOTDIR') throw new GraftError('file.missing', { path });
    throw new GraftError('file.unreadable', { path, detail }, { cause: error });
  }
}

async function* singlePicture(path: string): AsyncGenerator<ScanBatch> {
  yield { entries: [{ path, label: null, split: null }], skipped: [] };
}
