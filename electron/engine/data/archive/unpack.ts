import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GraftError } from '../../../../shared/errors.ts';
import { safeName } from '../../../../shared/file-names.ts';
import { forEachConcurrently } from '../concurrently.ts';
import { orUnwritable } from '../../tensors/write-beside.ts';
import { openBytes } from '../../weights/byte-reader.ts';
import type { ByteReader } from '../../weights/byte-reader.ts';
import type { SkippedFile } from '../scan/batch.ts';
import { extractFile } from './extract.ts';
import { planArchive } from './plan.ts';
import type { PlannedFile } from './plan.ts';
import { contentRoot } from './root.ts';

export interface Unpacked {
  /** Where the content begins: a folder that merely holds all others is passed over. */
  root: string;
  /** What was made for this archive: `root` or a folder above it. */
  folder: string;
  /** False when the same archive had been unpacked before: nothing was written. */
  fresh: boolean;
  skipped: SkippedFile[];
}

export interface UnpackOptions {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Files written at once: disks take a few. */
const lanes = 4;
/** Left free on the disk besides what is unpacked, in bytes. */
const spare = 256 * 2 ** 20;

/**
 * Unpacks the pictures, tables and annotations of a ZIP archive into a new folder in `into`, which is named after the
 * archive and its content: the same archive is unpacked once. The folder appears under its name when it is whole.
 * An archive that leads out of itself, claims absurd sizes, is encrypted or cut off is refused; a file in it that is
 * damaged, a link, or of no use is left aside.
 * @throws GraftError import.zip-*, file.*, cancelled
 */
export async function unpackArchive(
  path: string,
  into: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const folder = join(into, await folderName(path, options.signal));
  const isThere = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (isThere) return { root: await contentRoot(folder), folder, fresh: false, skipped: [] };
  const part = join(into, `.${randomBytes(6).toString('hex')}.part`);
  try {
    const skipped = await unpackTo(part, path, options);
    await orUnwritable(folder, () => rename(part, folder));
    return { root: await contentRoot(folder), folder, fresh: true, skipped };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw asImportError(error, path);
  }
}

async function unpackTo(part: string, path: string, { signal, onProgress }: UnpackOptions) {
  const reader = openBytes(path);
  try {
    const { files, skipped, bytes } = planArchive(reader);
    await orUnwritable(part, () => mkdir(part, { recursive: true }));
    await requireSpace(part, bytes);
    let done = 0;
    await forEachConcurrently(files, lanes, signal, async (file) => {
      if (!(await extractOrSkip(reader, file, part)))
        skipped.push({ path: file.name, reason: 'damaged-entry' });
      onProgress?.(++done, files.length);
    });
    return skipped;
  } finally {
    reader.close();
  }
}

async function extractOrSkip(reader: ByteReader, file: PlannedFile, part: string): Promise<boolean> {
  try {
    await extractFile(reader, file.entry, join(part, ...file.steps));
    return true;
  } catch (error) {
    if (error instanceof GraftError && error.code === 'weights.damaged') return false;
    throw error;
  }
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bytes + spare <= bavail * bsize) return;
  const needed = Math.ceil((bytes + spare) / 2 ** 20);
  throw new GraftError('import.zip-space', { path: folder, needed });
}

/** The archive's own name, and the beginning of its hash. */
async function folderName(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    if (signal?.aborted) throw new GraftError('cancelled');
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unreadable', { path, detail }, { cause: error });
  }
  return `${safeName(parse(basename(path)).name).slice(0, 60)}-${hash.digest('hex').slice(0, 8)}`;
}

/** What the archive reader says of weight files, said of an archive of pictures. */
function asImportError(error: unknown, path: string): unknown {
  if (!(error instanceof GraftError)) return error;
  const detail = String(error.params['detail'] ?? error.params['feature'] ?? '');
  if (error.code === 'weights.damaged') return new GraftError('import.zip-damaged', { path, detail });
  if (error.code === 'weights.unsafe') return new GraftError('import.zip-unsafe', { path, detail });
  if (error.code === 'weights.unsupported')
    return new GraftError('import.zip-unsupported', { path, feature: detail });
  return error;
}
