import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GraftError } from '../../../shared/errors.ts';
import { hasWeights, importWeights } from './library.ts';
import type { LibraryEntry } from './library.ts';

/**
 * The starter backbone comes with Graft, so that transfer works before anything was fetched. It is taken into the
 * library like any other weights, at its first use.
 */

const recordSchema = z.object({
  file: z.object({ name: z.string(), bytes: z.number(), sha256: z.string() }),
  /** Its id in a library: the hash of its tensors. */
  weights: z.string(),
});
export type StarterRecord = z.infer<typeof recordSchema>;

export const starterId = 'starter';
const recordPath = join('resources', starterId, 'record.json');

/** The folder of the starter: beside the sources in a checkout, in the app's archive when installed. */
export const starterFolder = (): string => folderAbove(import.meta.dirname);

export async function starterRecord(folder = starterFolder()): Promise<StarterRecord> {
  return recordSchema.parse(JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')));
}

/**
 * Sees to it that the library has the starter's weights; returns their id.
 * @throws GraftError `weights.starter-damaged` when the file is not the one that was published with this version
 */
export async function installStarter(library: string, folder = starterFolder()): Promise<string> {
  const { file, weights } = await starterRecord(folder);
  if (hasWeights(library, weights)) return weights;
  const path = join(folder, file.name);
  const bytes = await readFile(path);
  const received = createHash('sha256').update(bytes).digest('hex');
  if (received !== file.sha256)
    throw new GraftError('weights.starter-damaged', { path, expected: file.sha256, received });
  const { hash } = await importBytes(bytes, file.name, library);
  if (hash !== weights)
    throw new GraftError('weights.starter-damaged', { path, expected: weights, received: hash });
  return weights;
}

/** For a list of what there is: a damaged starter must not hide the rest. It is missing then, and said on the console. */
export async function offerStarter(library: string): Promise<void> {
  await installStarter(library).catch((error: unknown) => console.error(error));
}

/**
 * Would be back at the next look into the library.
 * @throws GraftError `weights.starter-stays` for the starter's id
 */
export async function refuseStarter(id: string): Promise<void> {
  const { file, weights } = await starterRecord();
  if (id === weights)
    throw new GraftError('weights.starter-stays', { megabytes: (file.bytes / 1e6).toFixed(1) });
}

/** What was checked is what is imported; and a file inside the app's archive cannot be read piece by piece. */
async function importBytes(bytes: Uint8Array, name: string, library: string): Promise<LibraryEntry> {
  const draft = await mkdtemp(join(tmpdir(), 'graft-starter-'));
  try {
    await writeFile(join(draft, name), bytes);
    return await importWeights(join(draft, name), library, starterId);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function folderAbove(folder: string): string {
  if (existsSync(join(folder, recordPath))) return dirname(join(folder, recordPath));
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No ${recordPath} above ${import.meta.dirname}`);
  return folderAbove(parent);
}
