import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { GraftError } from '../../../shared/errors.ts';
import { dtypeBytes, elementCount } from './dtypes.ts';
import type { StoredDtype } from './dtypes.ts';

/** Where one tensor lies in the file: `begin` and `end` are absolute byte positions. */
export interface TensorEntry {
  shape: number[];
  dtype: StoredDtype;
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  /** In the order in which the tensors lie in the file. */
  entries: Map<string, TensorEntry>;
}

/** The reference implementation refuses larger headers too; a header of this size is an attack or damage. */
export const maxHeaderBytes = 100_000_000;
export const lengthFieldBytes = 8;

/**
 * Opens a file for reading, with errors a person can act on.
 * @throws GraftError file.missing, file.unreadable
 */
export async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new GraftError('file.missing', { path });
    throw new GraftError('file.unreadable', { path, detail: code }, { cause: error });
  }
}

/**
 * Fills `target` from byte `position` on; never returns less than it was asked for.
 * @throws GraftError safetensors.truncated when the file ends before
 */
export async function readFully(
  file: FileHandle,
  path: string,
  target: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < target.byteLength) {
    const { bytesRead } = await file.read(target, done, target.byteLength - done, position + done);
    if (bytesRead === 0) {
      throw new GraftError('safetensors.truncated', {
        path,
        expected: position + target.byteLength,
        actual: position + done,
      });
    }
    done += bytesRead;
  }
}

/**
 * Reads and checks the header alone; no tensor data is touched.
 * Every offset is checked against shape, type, its neighbours and the file's length before anything is allocated.
 * @throws GraftError file.*, safetensors.*
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const file = await openForReading(path);
  try {
    return await readHeader(file, path);
  } finally {
    await file.close();
  }
}

/** The same as `readSafetensorsHeader` on a file that is open already. */
export async function readHeader(file: FileHandle, path: string): Promise<SafetensorsHeader> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new GraftError('file.unreadable', { path, detail: 'EISDIR' });
  if (stat.size < lengthFieldBytes) {
    throw new GraftError('safetensors.truncated', { path, expected: lengthFieldBytes, actual: stat.size });
  }
  const lengthField = Buffer.alloc(lengthFieldBytes);
  await readFully(file, path, lengthField, 0);
  const headerBytes = Number(lengthField.readBigUInt64LE());
  if (headerBytes > maxHeaderBytes || headerBytes < 2) {
    throw new GraftError('safetensors.not-one', { path, byte: 0 });
  }
  const dataStart = lengthFieldBytes + headerBytes;
  if (dataStart > stat.size) {
    throw new GraftError('safetensors.truncated', { path, expected: dataStart, actual: stat.size });
  }
  const text = Buffer.alloc(headerBytes);
  await readFully(file, path, text, lengthFieldBytes);
  const header = parseHeader(path, text, dataStart);
  checkLayout(path, header.entries, dataStart, stat.size);
  return header;
}

function parseHeader(path: string, text: Uint8Array, dataStart: number): SafetensorsHeader {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    throw new GraftError('safetensors.not-one', { path, byte: lengthFieldBytes }, { cause: error });
  }
  if (!isRecord(json)) throw new GraftError('safetensors.not-one', { path, byte: lengthFieldBytes });
  const found: [string, TensorEntry][] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(path, value);
    else found.push([name, parseEntry(path, name, value, dataStart)]);
  }
  found.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  return { metadata, entries: new Map(found) };
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== 'string')) {
    throw new GraftError('safetensors.entry', { path, tensor: '__metadata__' });
  }
  return value as Record<string, string>;
}

function parseEntry(path: string, name: string, value: unknown, dataStart: number): TensorEntry {
  const malformed = () => new GraftError('safetensors.entry', { path, tensor: name });
  if (!isRecord(value)) throw malformed();
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    throw malformed();
  if (!isStoredDtype(dtype)) throw new GraftError('safetensors.dtype', { path, tensor: name, dtype });
  const [begin = 0, end = 0] = offsets;
  const bytes = elementCount(shape) * dtypeBytes[dtype];
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes) {
    throw new GraftError('safetensors.size', {
      path,
      tensor: name,
      shape: `[${shape.join(', ')}]`,
      dtype,
      expected: bytes,
      begin: dataStart + begin,
      end: dataStart + end,
    });
  }
  return { shape, dtype, begin: dataStart + begin, end: dataStart + end };
}

/** The format allows neither holes nor overlaps, nor anything behind the last tensor. */
function checkLayout(
  path: string,
  entries: Map<string, TensorEntry>,
  dataStart: number,
  fileBytes: number,
): void {
  let position = dataStart;
  for (const [tensor, entry] of entries) {
    if (entry.begin !== position) {
      throw new GraftError('safetensors.layout', { path, tensor, byte: entry.begin, expected: position });
    }
    position = entry.end;
  }
  if (position > fileBytes) {
    throw new GraftError('safetensors.truncated', { path, expected: position, actual: fileBytes });
  }
  if (position < fileBytes) {
    throw new GraftError('safetensors.trailing', { path, expected: position, actual: fileBytes });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function isStoredDtype(dtype: string): dtype is StoredDtype {
  return Object.hasOwn(dtypeBytes, dtype);
}
