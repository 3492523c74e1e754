import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GraftError } from '../../../../shared/errors.ts';
import { forEachConcurrently } from '../concurrently.ts';

/** A file that is looked for. */
export interface WantedFile {
  /** Path below the folder it used to lie in. */
  path: string;
  bytes: number;
  /** '' where the file could never be read: then its name and size have to do. */
  sha256: string;
}

export interface Moved {
  /** Where each file is now, in the order asked for; null for one that was not found. */
  places: (string | null)[];
  /** Files whose place and name fit, but whose content is another. */
  differing: number;
}

export interface MovedOptions {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

const lanes = 4;
/** Files of a folder that are looked through by name; a whole disk is not. */
const mostFiles = 2_000_000;

/**
 * Looks for files below a folder: first each at its own path there, then by name and size anywhere in it. Only a file
 * with the same SHA-256 counts as found.
 * @throws GraftError cancelled, file.unreadable
 */
export async function findMoved(
  wanted: readonly WantedFile[],
  folder: string,
  { signal, onProgress }: MovedOptions = {},
): Promise<Moved> {
  const moved: Moved = { places: wanted.map(() => null), differing: 0 };
  const taken = new Set<string>();
  const take = (index: number, path: string) => {
    moved.places[index] = path;
    taken.add(path);
  };
  let done = 0;
  await forEachConcurrently(wanted, lanes, signal, async (file, index) => {
    const path = join(folder, file.path);
    const verdict = await compare(path, file);
    if (verdict === 'same') take(index, path);
    if (verdict === 'differs') moved.differing++;
    onProgress?.(++done, wanted.length);
  });
  const lost = wanted.flatMap((file, index) => (moved.places[index] === null ? [{ file, index }] : []));
  if (lost.length === 0) return moved;
  const elsewhere = await filesByName(folder, new Set(lost.map(({ file }) => nameOf(file))), signal);
  for (const { file, index } of lost) {
    for (const path of elsewhere.get(nameOf(file)) ?? []) {
      if (signal?.aborted) throw new GraftError('cancelled');
      if (taken.has(path) || (await compare(path, file)) !== 'same') continue;
      take(index, path);
      break;
    }
  }
  return moved;
}

const nameOf = ({ path }: WantedFile): string => basename(normalize(path));

async function compare(path: string, { bytes, sha256 }: WantedFile): Promise<'same' | 'differs' | 'none'> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return 'none';
    if (info.size !== bytes) return 'differs';
    if (sha256 === '') return 'same';
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex') === sha256 ? 'same' : 'differs';
  } catch {
    return 'none';
  }
}

/** Every file below a folder that has one of the names. Links are not followed. */
async function filesByName(
  root: string,
  names: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const folders = [root];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined && seen < mostFiles; folder = folders.pop()) {
    const entries = await opendir(folder).catch(() => []);
    for await (const entry of entries) {
      if (signal?.aborted) throw new GraftError('cancelled');
      seen++;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && names.has(entry.name)) {
        found.set(entry.name, [...(found.get(entry.name) ?? []), path]);
      }
    }
  }
  return found;
}
