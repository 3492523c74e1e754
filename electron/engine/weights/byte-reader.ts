import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { GraftError } from '../../../shared/errors.ts';

/**
 * Reads pieces of a file that nobody vouches for: every piece is checked against the file's length before memory is
 * set aside for it, so that a lying size costs an error and no more.
 */
export interface ByteReader {
  path: string;
  /** Length of the file in bytes. */
  size: number;
  /**
   * Bytes `[position, position + length)`.
   * @throws GraftError weights.damaged when the file has not that many
   */
  bytes(position: number, length: number): Buffer;
  /** Fills `target` from `position` on; throws as `bytes` does. */
  into(target: Uint8Array, position: number): void;
  close(): void;
}

/** @throws GraftError file.missing, file.unreadable, weights.damaged for an empty file */
export function openBytes(path: string): ByteReader {
  const { descriptor, size } = openFile(path);
  if (size === 0) {
    closeSync(descriptor);
    throw new GraftError('weights.damaged', { path, detail: 'the file is empty' });
  }
  const fill = (target: Uint8Array, position: number) => {
    for (let done = 0; done < target.byteLength;) {
      const read = readSync(descriptor, target, done, target.byteLength - done, position + done);
      if (read === 0) throw beyond(path, position + done, 1, position + done); // It has shrunk since it was opened.
      done += read;
    }
  };
  return bounded(path, size, fill, () => closeSync(descriptor));
}

/** Part of a file as if it were a file of its own; closing it closes the whole. */
export function windowOf(reader: ByteReader, start: number, size: number): ByteReader {
  if (start + size > reader.size) throw beyond(reader.path, start, size, reader.size);
  return bounded(
    reader.path,
    size,
    (target, position) => reader.into(target, start + position),
    () => reader.close(),
  );
}

/** Bytes already in memory, read as if they were a file. */
export function bytesInMemory(path: string, content: Buffer): ByteReader {
  const fill = (target: Uint8Array, position: number) =>
    target.set(content.subarray(position, position + target.byteLength));
  return bounded(path, content.length, fill, () => undefined);
}

type Fill = (target: Uint8Array, position: number) => void;

function bounded(path: string, size: number, fill: Fill, close: () => void): ByteReader {
  const check = (position: number, length: number) => {
    if (position < 0 || length < 0 || position + length > size) throw beyond(path, position, length, size);
  };
  return {
    path,
    size,
    into: (target, position) => {
      check(position, target.byteLength);
      fill(target, position);
    },
    bytes: (position, length) => {
      check(position, length);
      const target = Buffer.alloc(length);
      fill(target, position);
      return target;
    },
    close,
  };
}

function beyond(path: string, position: number, length: number, size: number): GraftError {
  const detail = `expected ${length} bytes at byte ${position}, but the file ends at byte ${size}`;
  return new GraftError('weights.damaged', { path, detail });
}

function openFile(path: string): { descriptor: number; size: number } {
  try {
    const descriptor = openSync(path, 'r');
    const status = fstatSync(descriptor);
    if (status.isFile()) return { descriptor, size: status.size };
    closeSync(descriptor);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new GraftError('file.missing', { path });
    throw new GraftError('file.unreadable', { path, detail: code }, { cause: error });
  }
  throw new GraftError('file.unreadable', { path, detail: 'not a plain file' });
}
