import { readdir, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { GraftError } from '../../../../shared/errors.ts';
import type { Split } from '../../../../shared/contract/projects.ts';
import type { SkipReason } from '../../../../shared/item-reasons.ts';
import { className, isSystemName, splitOfName } from './names.ts';
import { batchSize } from './batch.ts';
import type { ScanBatch, SkippedFile } from './batch.ts';
import { mayBePicture } from './may-be-picture.ts';

/** The contents of one folder by kind, each in the order of names. */
interface Listing {
  files: string[];
  folders: string[];
  skipped: SkippedFile[];
}

/**
 * Lists a folder of class folders, of split folders of class folders, or of loose pictures.
 * Pictures beside the class folders are unlabelled; folders inside a class folder are named as skipped.
 * @throws GraftError file.unreadable for the folder itself
 */
export async function* scanFolder(root: string): AsyncGenerator<ScanBatch> {
  const listing = await list(root);
  const splitFolders = await findSplitFolders(root, listing.folders);
  yield { entries: [], skipped: listing.skipped };
  yield* pictures(root, listing.files, null, null);
  for (const folder of listing.folders) {
    const split = splitFolders.get(folder);
    const path = join(root, folder);
    if (split) yield* scanSplit(path, split);
    else if (splitFolders.size > 0) yield aside(path, 'outside-splits');
    else yield* scanClass(path, className(folder), null);
  }
}

/**
 * Folders named like splits, if at least one of them holds class folders;
 * otherwise `train` and the like are taken for classes, as the layout says.
 */
async function findSplitFolders(root: string, folders: string[]): Promise<Map<string, Split>> {
  const named = new Map<string, Split>();
  let nested = false;
  for (const folder of folders) {
    const split = splitOfName(folder);
    if (!split) continue;
    named.set(folder, split);
    nested ||= (await listOrNull(join(root, folder)))?.folders.length !== 0;
  }
  return nested ? named : new Map<string, Split>();
}

async function* scanSplit(path: string, split: Split): AsyncGenerator<ScanBatch> {
  const listing = await listOrNull(path);
  if (!listing) return yield aside(path, 'unreadable-folder');
  yield { entries: [], skipped: listing.skipped };
  yield* pictures(path, listing.files, null, split);
  for (const folder of listing.folders) yield* scanClass(join(path, folder), className(folder), split);
}

async function* scanClass(path: string, label: string, split: Split | null): AsyncGenerator<ScanBatch> {
  const listing = await listOrNull(path);
  if (!listing) return yield aside(path, 'unreadable-folder');
  const nested = listing.folders.map((folder) => skip(join(path, folder), 'nested-folder'));
  yield { entries: [], skipped: [...listing.skipped, ...nested] };
  yield* pictures(path, listing.files, label, split);
}

async function* pictures(
  folder: string,
  files: string[],
  label: string | null,
  split: Split | null,
): AsyncGenerator<ScanBatch> {
  for (let start = 0; start < files.length; start += batchSize) {
    const batch: ScanBatch = { entries: [], skipped: [] };
    for (const name of files.slice(start, start + batchSize)) {
      const path = join(folder, name);
      if (await mayBePicture(path)) batch.entries.push({ path, label, split });
      else batch.skipped.push(skip(path, 'not-an-image'));
    }
    yield batch;
  }
}

async function listOrNull(folder: string): Promise<Listing | null> {
  try {
    return await list(folder);
  } catch {
    return null;
  }
}

async function list(folder: string): Promise<Listing> {
  let found: Dirent[];
  try {
    found = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unreadable', { path: folder, detail }, { cause: error });
  }
  const listing: Listing = { files: [], folders: [], skipped: [] };
  for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const kind = await kindOf(entry, path);
    if (kind === 'file') listing.files.push(entry.name);
    else if (kind === 'folder') listing.folders.push(entry.name);
    else listing.skipped.push(skip(path, kind));
  }
  return listing;
}

/** Links are followed. The depth of a scan is fixed, so a link to a folder above cannot make it endless. */
async function kindOf(entry: Dirent, path: string): Promise<'file' | 'folder' | SkipReason> {
  if (isSystemName(entry.name)) return 'system-file';
  // Node replaces bytes that are not UTF-8; such a name leads to no file.
  if (entry.name.includes('\uFFFD') && !(await exists(path))) return 'unusable-name';
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'not-a-file';
  try {
    const target = await stat(path);
    if (target.isFile()) return 'file';
    return target.isDirectory() ? 'folder' : 'not-a-file';
  } catch {
    return 'broken-link';
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function skip(path: string, reason: SkipReason): SkippedFile {
  return { path, reason };
}

function aside(path: string, reason: SkipReason): ScanBatch {
  return { entries: [], skipped: [skip(path, reason)] };
}
