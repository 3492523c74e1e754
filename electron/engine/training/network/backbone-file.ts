import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraftError } from '../../../../shared/errors.ts';
import { readSafetensors, writeSafetensors } from '../../tensors/safetensors.ts';
import { importWeights } from '../../weights/library.ts';
import type { LibraryEntry } from '../../weights/library.ts';
import { loadSpec, weightsFile } from './model-store.ts';

const bodyPrefix = 'body/';

/**
 * Writes the body of a finished run as a weight file of its architecture, without the run's head: what was learned
 * on one source becomes a backbone for others. It is to be imported like any other weight file.
 * @throws GraftError `model.missing`, `weights.run-not-zoo` where the network is no architecture of the zoo
 */
export async function saveBackbone(runDir: string, path: string): Promise<{ architecture: string }> {
  const { body } = await loadSpec(runDir);
  if (body.kind !== 'zoo') throw new GraftError('weights.run-not-zoo', { kind: body.kind });
  const { tensors } = await readSafetensors(join(runDir, weightsFile));
  const own = [...tensors].flatMap(([name, value]) =>
    name.startsWith(bodyPrefix) ? [[name.slice(bodyPrefix.length), value] as const] : [],
  );
  await writeSafetensors(path, new Map(own), { architecture: body.arch, alpha: String(body.alpha) });
  return { architecture: body.arch };
}

/**
 * Takes the body of a finished run into the person's library, from where every project can carry it over.
 * @param name what the library says it came from
 * @throws GraftError as `saveBackbone` and `importWeights` do
 */
export async function keepBackbone(runDir: string, name: string, library: string): Promise<LibraryEntry> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-backbone-'));
  const path = join(folder, `${fileName(name)}.safetensors`);
  try {
    const { architecture } = await saveBackbone(runDir, path);
    return await importWeights(path, library, architecture);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const longestName = 80;

/** A run may be named as its person likes; a file may not. */
const fileName = (name: string): string =>
  name.replace(/[^\p{L}\p{N} ._-]+/gu, '_').slice(0, longestName) || 'run';
