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
  const check = (position: number, length: number) => {
    if (position < 0 || length < 0 || position + length > size) {
      const detail = `expected ${length} bytes at byte ${position}, but the file ends at byte ${size}`;
      throw new GraftError('weights.damaged', { path, detail });
    }
  };
  const into = (target: Uint8Array, position: number) => {
    check(position, target.byteLength);
    let done = 0;
    while (done < target.byteLength) {
      const read = readSync(descriptor, target, done, target.byteLength - done, position + done);
      if (read === 0) check(position + done, size);
      done += read;
    }
  };
  const bytes = (position: number, length: number) => {
    check(position, length);
    const target = Buffer.alloc(length);
    into(target, position);
    return target;
  };
  return { path, size, bytes, into, close: () => closeSync(descriptor) };
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
