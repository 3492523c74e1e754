import { GraftError } from '../../../shared/errors.ts';
import type { BrokenReason } from '../../../shared/item-reasons.ts';
import type { Engine, Inspected } from '../../engine/protocol.ts';
import { requestUntil } from '../engine-call.ts';

/**
 * Looks at files in the media process; facts by path. A picture that brings the decoder's process down is broken; the
 * files around it are looked at one by one.
 * @throws GraftError cancelled
 */
export async function inspectFiles(
  media: Engine,
  paths: string[],
  signal: AbortSignal,
): Promise<Map<string, Inspected>> {
  try {
    return await inspectTogether(media, paths, signal);
  } catch (error) {
    if (!(error instanceof GraftError) || error.code !== 'engine.lost') throw error;
    if (paths.length === 1) return new Map(paths.map((path) => [path, fatalPicture(path)]));
  }
  const inspected = new Map<string, Inspected>();
  for (const path of paths) {
    for (const [, facts] of await inspectFiles(media, [path], signal)) inspected.set(path, facts);
  }
  return inspected;
}

async function inspectTogether(
  media: Engine,
  paths: string[],
  signal: AbortSignal,
): Promise<Map<string, Inspected>> {
  const inspected = new Map<string, Inspected>();
  await requestUntil(signal, media, 'inspect', { paths }, (found) => {
    for (const facts of found.inspected) inspected.set(facts.path, facts);
  });
  return inspected;
}

function fatalPicture(path: string): Inspected {
  const nothing = { width: 0, height: 0, bytes: 0, format: '', sha256: '', dhash: '' };
  return { path, broken: 'corrupt' satisfies BrokenReason, warnings: [], ...nothing };
}
