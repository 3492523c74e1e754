import { open, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ImportKind } from '../../../shared/contract/index.ts';
import type { Engine, EngineResult } from '../../engine/protocol.ts';
import { requestUntil } from '../engine-call.ts';
import type { JobControls } from '../jobs.ts';

const signature = Buffer.from('PK\x03\x04', 'latin1');

export type Unpacked = EngineResult<'unpack'>;

/** Whether a source is an archive to be unpacked first: because that is what was asked for, or by its first bytes. */
export async function isArchive(path: string, kind: ImportKind): Promise<boolean> {
  if (kind === 'zip') return true;
  if (kind !== 'auto' || extname(path).toLowerCase() !== '.zip') return false;
  try {
    const file = await open(path, 'r');
    try {
      const start = Buffer.alloc(signature.length);
      await file.read(start, 0, start.length, 0);
      return start.equals(signature);
    } finally {
      await file.close();
    }
  } catch {
    return false; // The scan says why it cannot be read.
  }
}

/** Unpacks an archive into the project's `items`, in the media process. */
export function unpack(media: Engine, path: string, projectDir: string, job: JobControls): Promise<Unpacked> {
  const into = join(projectDir, 'items');
  return requestUntil(job.signal, media, 'unpack', { path, into }, ({ done, total }) =>
    job.progress({ phase: 'unpack', done, total }),
  );
}

/** Takes back what `unpack` made, when nothing of it became an item. */
export async function discardUnpacked({ folder, fresh }: Unpacked): Promise<void> {
  if (fresh) await rm(folder, { recursive: true, force: true });
}
