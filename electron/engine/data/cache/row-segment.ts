import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/**
 * One file of a row pack:
 *
 *     file header   magic, row bytes, key bytes, checksum of the key; then the key as JSON
 *     block ...     magic, rows in the block, checksum of the index, checksum of these three;
 *                   index: per row a 32-byte hash and the row's checksum; then the rows themselves
 *
 * All numbers are unsigned 32-bit, little-endian; checksums are CRC-32. A block is only ever added at the end,
 * so a crash can tear the last one alone: it fails its checksum or the file's length, and is left out.
 */
export interface RowPlace {
  file: FileHandle;
  position: number;
  checksum: number;
}

const fileMagic = 0x4b505247;
const blockMagic = 0x4b4c4252;
const headerBytes = 16;
const hashBytes = 32;
const indexBytes = hashBytes + 4;

/** The most rows of a block: bounds the index that is read at once. */
export const maxBlockRows = 65_536;

export type RowData = Uint8Array | Float32Array;

/** The bytes that start a segment of this key. */
export function segmentHeader(key: string, rowBytes: number): Buffer {
  const text = Buffer.from(key);
  return Buffer.concat([words(fileMagic, rowBytes, text.length, crc32(text)), text]);
}

/** A block's header and index; the rows follow it in the same order. `hashes` are 64 hex digits each. */
export function blockHeader(hashes: readonly string[], rows: readonly RowData[]): Buffer {
  const index = Buffer.alloc(hashes.length * indexBytes);
  for (const [row, hash] of hashes.entries()) {
    index.write(hash, row * indexBytes, hashBytes, 'hex');
    index.writeUInt32LE(crc32(bytesOfRow(rows[row] as RowData)), row * indexBytes + hashBytes);
  }
  const head = words(blockMagic, hashes.length, crc32(index));
  return Buffer.concat([head, words(crc32(head)), index]);
}

/** Where the first row of a block lies, counted from the block's start. */
export function rowsOffset(count: number): number {
  return headerBytes + count * indexBytes;
}

export function bytesOfRow(row: RowData): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}

/**
 * Opens a segment and adds its rows to `places`, stopping silently at the first block that is not whole.
 * Returns null for a file of another key or of no known kind, which is then left alone.
 */
export async function openSegment(
  path: string,
  key: string,
  rowBytes: number,
  places: Map<string, RowPlace>,
): Promise<FileHandle | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const expected = segmentHeader(key, rowBytes);
    const found = await readUpTo(file, 0, expected.length);
    if (found.equals(expected)) {
      await readBlocks(file, expected.length, rowBytes, places);
      return file;
    }
  } catch {
    // A cache that cannot be read is a cache that is not there.
  }
  await file.close();
  return null;
}

async function readBlocks(
  file: FileHandle,
  start: number,
  rowBytes: number,
  places: Map<string, RowPlace>,
): Promise<void> {
  const { size } = await file.stat();
  let position = start;
  while (position + headerBytes <= size) {
    const head = await readUpTo(file, position, headerBytes);
    const count = head.readUInt32LE(4);
    const whole =
      head.readUInt32LE(0) === blockMagic && head.readUInt32LE(12) === crc32(head.subarray(0, 12));
    const end = position + rowsOffset(count) + count * rowBytes;
    if (!whole || count > maxBlockRows || end > size) return;
    const index = await readUpTo(file, position + headerBytes, count * indexBytes);
    if (crc32(index) !== head.readUInt32LE(8)) return;
    const rows = position + rowsOffset(count);
    for (let row = 0; row < count; row++) {
      const at = row * indexBytes;
      const hash = index.toString('hex', at, at + hashBytes);
      places.set(hash, {
        file,
        position: rows + row * rowBytes,
        checksum: index.readUInt32LE(at + hashBytes),
      });
    }
    position = end;
  }
}

/** Reads `length` bytes, or fewer where the file ends. */
async function readUpTo(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
  return buffer;
}
