import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { forEachConcurrently } from '../concurrently.ts';

export interface MissingFile {
  /** Position in the list asked about. */
  index: number;
  /** The outermost folder that is not there any more, or else the folder the file should lie in. */
  folder: string;
}

/** Questions to the disk at a time. */
const lanes = 16;

/**
 * Which of the files are not where they should be.
 * @throws GraftError cancelled
 */
export async function findMissing(paths: readonly string[], signal?: AbortSignal): Promise<MissingFile[]> {
  const missing: MissingFile[] = [];
  const folders = new Map<string, Promise<boolean>>();
  const isThere = (folder: string): Promise<boolean> => {
    const known = folders.get(folder) ?? exists(folder);
    folders.set(folder, known);
    return known;
  };
  await forEachConcurrently(paths, lanes, signal, async (path, index) => {
    if (await exists(path)) return;
    missing.push({ index, folder: await outermostMissing(dirname(path), isThere) });
  });
  return missing.sort((a, b) => a.index - b.index);
}

async function outermostMissing(
  folder: string,
  isThere: (folder: string) => Promise<boolean>,
): Promise<string> {
  let outermost = folder;
  for (let at = folder; !(await isThere(at)); at = dirname(at)) {
    outermost = at;
    if (dirname(at) === at) break;
  }
  return outermost;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
