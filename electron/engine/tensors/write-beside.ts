import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GraftError } from '../../../shared/errors.ts';

/** A file that appears under its own name only once it is whole. */
export interface BesideFile {
  handle: FileHandle;
  /** Forces the bytes to disk and renames the file into place. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * Opens a temporary file in the folder of `path` (made if needed), to be renamed to `path` when it is whole.
 * @throws GraftError file.unwritable
 */
export async function openBeside(path: string): Promise<BesideFile> {
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(-80)}.${randomBytes(6).toString('hex')}.part`,
  );
  const handle = await orUnwritable(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(temporary, 'wx');
  });
  const discard = async () => {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  };
  const commit = async () => {
    try {
      await orUnwritable(path, async () => {
        await handle.sync();
        await handle.close();
        await rename(temporary, path);
      });
    } catch (error) {
      await discard();
      throw error;
    }
  };
  return { handle, commit, discard };
}

/**
 * Writes a whole file beside and renames it into place: at any moment `path` is the old file or the new one.
 * @throws GraftError file.unwritable
 */
export async function writeBeside(path: string, content: Uint8Array | string): Promise<void> {
  const file = await openBeside(path);
  try {
    await orUnwritable(path, () => file.handle.writeFile(content));
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}

/** Runs a file operation, turning system errors into a GraftError that names `path`. */
export async function orUnwritable<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GraftError) throw error;
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unwritable', { path, detail }, { cause: error });
  }
}
