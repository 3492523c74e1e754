import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Checksum } from '../../../shared/contract/zoo.ts';
import { GraftError } from '../../../shared/errors.ts';
import { readJson, writeJson } from '../json-file.ts';

/** A download that is not whole yet: `<file>.part`, and beside it what tells whether the server's file is still the same. */

const noteSchema = z.object({ url: z.string(), validator: z.string() });

const noteOf = (part: string) => `${part}.json`;

export interface Resumable {
  /** Bytes that are here already. */
  offset: number;
  /** The server's name for this version of its file: an ETag or a date, for If-Range. */
  validator: string;
}

/** What of an address is here already; null where nothing is, or nothing that can be continued. */
export function resumable(part: string, url: string): Resumable | null {
  const note = readJson(noteOf(part), noteSchema.nullable(), null);
  const offset = sizeOf(part);
  return note?.url === url && offset > 0 ? { offset, validator: note.validator } : null;
}

/** Remembers which version of the file the part is of, where the server tells. */
export function rememberVersion(part: string, url: string, validator: string | null): void {
  if (validator !== null) writeJson(noteOf(part), { url, validator });
}

export async function discard(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), rm(noteOf(part), { force: true })]);
}

export async function forgetVersion(part: string): Promise<void> {
  await rm(noteOf(part), { force: true });
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** @throws GraftError download.disk-full when `bytes` more do not fit beside `path` */
export async function checkRoom(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= bytes) return;
  throw new GraftError('download.disk-full', { path: dirname(path), needed: bytes });
}

/**
 * Compares a file with what its publisher states of it: a whole hash or its first digits.
 * @throws GraftError download.hash-mismatch, cancelled
 */
export async function verify(
  path: string,
  { algorithm, value }: Checksum,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(path)) {
    if (signal?.aborted) throw new GraftError('cancelled');
    hash.update(piece as Buffer);
  }
  const received = hash.digest('hex').slice(0, value.length);
  if (received === value) return;
  throw new GraftError('download.hash-mismatch', { path, algorithm, expected: value, received });
}
