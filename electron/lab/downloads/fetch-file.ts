import { mkdir, open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Checksum } from '../../../shared/contract/zoo.ts';
import { GraftError } from '../../../shared/errors.ts';
import { throwIfCancelled } from '../engine-call.ts';
import { ConnectionLost, httpGet } from './http-get.ts';
import type { Answer } from './http-get.ts';
import {
  checkRoom,
  discard,
  forgetVersion,
  rememberVersion,
  resumable,
  sizeOf,
  verify,
} from './part-file.ts';

export interface Wanted {
  url: string;
  /** Where the finished file is to stand. */
  path: string;
  /** Size and hash as the publisher states them, where it does. */
  bytes: number | null;
  checksum: Checksum | null;
}

export interface FetchOptions {
  signal: AbortSignal;
  /** `total` is 0 while unknown. */
  onProgress(phase: 'download' | 'verify', done: number, total: number): void;
  loopbackHttp?: boolean;
  /** Wait before each new try after a connection broke, in ms; as many tries as there are waits. */
  waits?: readonly number[];
}

const WAITS = [1000, 2000, 4000, 8000, 16_000];
/** More than any weight file of the zoo. A server that says nothing of its file's length is not listened to for longer. */
const MOST_BYTES = 4 * 2 ** 30;

/**
 * Fetches a file: into `<path>.part`, going on where an earlier try ended; checked against its length and hash; then
 * renamed, so that `path` is whole from the moment it exists. A broken connection is tried again a few times.
 * @throws GraftError download.*, cancelled (what has come is kept for the next time)
 */
export async function fetchFile(wanted: Wanted, options: FetchOptions): Promise<void> {
  const part = `${wanted.path}.part`;
  await mkdir(dirname(wanted.path), { recursive: true });
  await fetchWithRetries(wanted, part, options);
  options.onProgress('verify', 0, 0);
  try {
    if (wanted.checksum) await verify(part, wanted.checksum, options.signal);
  } catch (error) {
    if (error instanceof GraftError && error.code === 'download.hash-mismatch') await discard(part);
    throw error;
  }
  await rename(part, wanted.path);
  await forgetVersion(part);
}

async function fetchWithRetries(wanted: Wanted, part: string, options: FetchOptions): Promise<void> {
  const { signal, waits = WAITS } = options;
  for (let tries = 0; ; tries++) {
    try {
      return await fetchRest(wanted, part, options);
    } catch (error) {
      if (signal.aborted) throw new GraftError('cancelled', {}, { cause: error });
      if (!(error instanceof ConnectionLost)) throw error;
      const wait = waits[tries];
      // Nobody there at all: a person who is offline should hear so at once.
      if (tries === 0 && !error.answered) throw unreachable(error);
      if (wait === undefined) throw cutOff(error, wanted, sizeOf(part));
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

const unreachable = ({ host, message }: ConnectionLost) =>
  new GraftError('download.unreachable', { host, detail: message });

const cutOff = ({ host, message }: ConnectionLost, wanted: Wanted, received: number) =>
  new GraftError('download.cut-off', { file: basename(wanted.path), host, received, detail: message });

/** One connection: asks for what is missing and writes it to the part. */
async function fetchRest(wanted: Wanted, part: string, options: FetchOptions): Promise<void> {
  const { signal, loopbackHttp = false } = options;
  throwIfCancelled(signal);
  const known = resumable(part, wanted.url);
  if (known && known.offset === wanted.bytes) return;
  const headers: Record<string, string> = known
    ? { range: `bytes=${known.offset}-`, 'if-range': known.validator }
    : {};
  const answer = await httpGet(wanted.url, { headers, signal, loopbackHttp });
  try {
    if (known && isWhole(answer, known.offset)) return;
    const { offset, total } = await placeOf(answer, known?.offset ?? 0, wanted, part);
    rememberVersion(part, wanted.url, validatorOf(answer));
    await checkRoom(part, (total ?? wanted.bytes ?? 0) - offset);
    await writeBody(answer, part, { offset, total: total ?? wanted.bytes }, wanted, options);
  } finally {
    answer.body.destroy();
  }
}

/** Whether the server says that nothing is missing after `offset`. */
function isWhole({ status, headers }: Answer, offset: number): boolean {
  return status === 416 && headers['content-range'] === `bytes */${offset}`;
}

interface Place {
  /** Where in the file the answer's first byte belongs. */
  offset: number;
  /** Length of the whole file; null where the server does not say. */
  total: number | null;
}

/** What the answer is a part of; everything that makes no sense is refused before a byte is written. */
async function placeOf(answer: Answer, asked: number, wanted: Wanted, part: string): Promise<Place> {
  const { status, headers, host } = answer;
  const file = basename(wanted.path);
  if (status === 416) {
    await discard(part);
    throw new ConnectionLost(host, 'the file on the server has changed', true);
  }
  if (status !== 200 && status !== 206) throw new GraftError('download.refused', { host, status, file });
  const place = status === 200 ? { offset: 0, total: lengthOf(headers['content-length']) } : rangeOf(answer);
  if (status === 206 && place.offset !== asked) {
    await discard(part);
    const detail = `bytes from ${place.offset} instead of ${asked}`;
    throw new GraftError('download.bad-answer', { host, detail });
  }
  if (place.total !== null && place.total !== (wanted.bytes ?? place.total)) {
    await discard(part);
    throw new GraftError('download.wrong-length', {
      file,
      host,
      expected: wanted.bytes ?? 0,
      received: place.total,
    });
  }
  return place;
}

function lengthOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function rangeOf({ headers, host }: Answer): Place {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '');
  if (!match)
    throw new GraftError('download.bad-answer', { host, detail: 'a part of a file without its place' });
  return { offset: Number(match[1]), total: lengthOf(match[2]) };
}

/** A weak ETag names no exact bytes; then the date has to do. */
function validatorOf({ headers }: Answer): string | null {
  const { etag } = headers;
  return (etag?.startsWith('"') ? etag : headers['last-modified']) ?? null;
}

async function writeBody(
  { body, host }: Answer,
  part: string,
  { offset, total }: Place,
  wanted: Wanted,
  { onProgress }: FetchOptions,
): Promise<void> {
  const limit = total ?? MOST_BYTES;
  const file = basename(wanted.path);
  let done = offset;
  const handle = await openPart(part, offset);
  try {
    onProgress('download', done, total ?? 0);
    for await (const piece of piecesOf(body, host)) {
      done += piece.length;
      if (done > limit)
        throw new GraftError('download.wrong-length', { file, host, expected: limit, received: done });
      await handle.writeFile(piece);
      onProgress('download', done, total ?? 0);
    }
    await handle.sync();
  } catch (error) {
    if (error instanceof GraftError) await discard(part);
    throw toDiskError(error, part, limit - done);
  } finally {
    await handle.close();
  }
  if (total !== null && done < total) throw new ConnectionLost(host, `${done} of ${total} bytes`, true);
}

/** The pieces of a body; a connection that breaks in the middle is told from every other error. */
async function* piecesOf(body: Answer['body'], host: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of body) yield piece as Buffer;
  } catch (error) {
    throw new ConnectionLost(host, (error as NodeJS.ErrnoException).code ?? String(error), true, {
      cause: error,
    });
  }
}

async function openPart(part: string, offset: number): Promise<FileHandle> {
  try {
    return await open(part, offset > 0 ? 'a' : 'w');
  } catch (error) {
    throw toDiskError(error, part, 0);
  }
}

function toDiskError(error: unknown, path: string, needed: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof GraftError || error instanceof ConnectionLost || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new GraftError('download.disk-full', { path: dirname(path), needed }, { cause: error });
  }
  return new GraftError('file.unwritable', { path, detail: code }, { cause: error });
}
