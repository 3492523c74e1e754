import { createHash } from 'node:crypto';
import { mkdir, open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { orUnwritable } from '../../tensors/write-beside.ts';
import { blockHeader, bytesOfRow, maxBlockRows, openSegment, segmentHeader } from './row-segment.ts';
import type { RowData, RowPlace } from './row-segment.ts';

/** Everything the rows depend on besides the item itself. Two keys with the same fields are the same key. */
export type RowKey = Record<string, string | number | null>;

/**
 * Rows of equal size on disk, found by the SHA-256 of the file they were computed from. A pack is a few files
 * (one per process that added rows), may be deleted at any time, and never gives back a damaged row.
 */
export interface RowPack {
  readonly size: number;
  has(hash: string): boolean;
  /**
   * Fills row i of `out` with the row of `hashes[i]`; rows that are missing or damaged are left as they were.
   * @returns the positions of those rows, ascending
   */
  read(hashes: readonly string[], out: RowData): Promise<Int32Array>;
  /**
   * Adds rows; hashes that are there already are passed over. Calls may overlap.
   * @throws GraftError file.unwritable
   */
  append(hashes: readonly string[], rows: readonly RowData[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the pack of a key in a folder, which need not exist yet; nothing is written before the first `append`.
 * @param rowBytes bytes of one row
 */
export async function openRowPack(dir: string, key: RowKey, rowBytes: number): Promise<RowPack> {
  const text = JSON.stringify(Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))));
  const name = createHash('sha256').update(text).digest('hex').slice(0, 24);
  const places = new Map<string, RowPlace>();
  const files: FileHandle[] = [];
  for (const segment of await segmentsOf(dir, name)) {
    const file = await openSegment(join(dir, segment), text, rowBytes, places);
    if (file) files.push(file);
  }
  const writer = createWriter(dir, name, segmentHeader(text, rowBytes), rowBytes, places, files);
  return {
    get size() {
      return places.size;
    },
    has: (hash) => places.has(hash),
    read: (hashes, out) => readRows(hashes, bytesOfRow(out), rowBytes, places),
    append: writer.append,
    async close() {
      await writer.settled();
      await Promise.all(files.map((file) => file.close()));
    },
  };
}

async function segmentsOf(dir: string, name: string): Promise<string[]> {
  const found = await readdir(dir).catch(() => []);
  return found.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.rows')).sort();
}

/**
 * The one segment this process adds to, made at the first append. Other processes write their own,
 * so that two windows on one project cannot spoil each other's rows.
 */
function createWriter(
  dir: string,
  name: string,
  header: Buffer,
  rowBytes: number,
  places: Map<string, RowPlace>,
  files: FileHandle[],
) {
  let segment: { file: FileHandle; end: number } | null = null;
  let queue: Promise<void> = Promise.resolve();

  async function start(): Promise<{ file: FileHandle; end: number }> {
    await mkdir(dir, { recursive: true });
    const file = await createSegment(dir, name);
    files.push(file);
    await file.write(header, 0, header.length, 0);
    return { file, end: header.length };
  }

  async function write(hashes: readonly string[], rows: readonly RowData[]): Promise<void> {
    segment ??= await start();
    const { file, end } = segment;
    const head = blockHeader(hashes, rows);
    const length = head.length + hashes.length * rowBytes;
    const { bytesWritten } = await file.writev([head, ...rows.map(bytesOfRow)], end);
    if (bytesWritten !== length) throw new Error(`ENOSPC: ${bytesWritten} of ${length} bytes written`);
    segment.end = end + length;
    for (const [row, hash] of hashes.entries()) {
      const checksum = crc32(bytesOfRow(rows[row] as RowData));
      places.set(hash, { file, position: end + head.length + row * rowBytes, checksum });
    }
  }

  async function appendNew(hashes: readonly string[], rows: readonly RowData[]): Promise<void> {
    const fresh = new Map<string, RowData>();
    for (const [row, hash] of hashes.entries()) if (!places.has(hash)) fresh.set(hash, rows[row] as RowData);
    const added = [...fresh];
    for (let from = 0; from < added.length; from += blockRows) {
      const part = added.slice(from, from + blockRows);
      await write(
        part.map(([hash]) => hash),
        part.map(([, row]) => row),
      );
    }
  }

  return {
    append(hashes: readonly string[], rows: readonly RowData[]): Promise<void> {
      checkRows(hashes, rows, rowBytes);
      const done = queue.then(() => orUnwritable(join(dir, name), () => appendNew(hashes, rows)));
      queue = done.catch(() => undefined);
      return done;
    },
    settled: () => queue,
  };
}

/** Rows of a block; `writev` takes at most 1,024 pieces on common systems. */
const blockRows = Math.min(1000, maxBlockRows);

async function createSegment(dir: string, name: string): Promise<FileHandle> {
  for (let number = 0; ; number++) {
    const path = join(dir, `${name}-${String(number).padStart(4, '0')}.rows`);
    try {
      return await open(path, 'wx+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function checkRows(hashes: readonly string[], rows: readonly RowData[], rowBytes: number): void {
  if (hashes.length !== rows.length) throw new TypeError(`${hashes.length} hashes for ${rows.length} rows`);
  for (const [index, hash] of hashes.entries()) {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new TypeError(`Not a SHA-256 in hex: ${hash}`);
    if (rows[index]?.byteLength !== rowBytes)
      throw new TypeError(`A row of ${rows[index]?.byteLength} bytes, not ${rowBytes}`);
  }
}

/** Rows that lie one behind the other are read together, up to this many bytes. */
const runBytes = 8 * 1024 * 1024;

interface Wanted extends RowPlace {
  row: number;
}

async function readRows(
  hashes: readonly string[],
  out: Uint8Array,
  rowBytes: number,
  places: Map<string, RowPlace>,
): Promise<Int32Array> {
  if (out.byteLength !== hashes.length * rowBytes) {
    throw new TypeError(
      `Room for ${out.byteLength} bytes, but ${hashes.length} rows of ${rowBytes} were asked for`,
    );
  }
  const missing: number[] = [];
  const wanted: Wanted[] = [];
  for (const [row, hash] of hashes.entries()) {
    const place = places.get(hash);
    if (place) wanted.push({ ...place, row });
    else missing.push(row);
  }
  wanted.sort((a, b) => a.file.fd - b.file.fd || a.position - b.position);
  for (const run of runsOf(wanted, rowBytes)) {
    for (const row of await readRun(run, out, rowBytes)) {
      places.delete(hashes[row] as string);
      missing.push(row);
    }
  }
  return Int32Array.from(missing).sort();
}

function* runsOf(wanted: Wanted[], rowBytes: number): Generator<Wanted[]> {
  const longest = Math.max(1, Math.floor(runBytes / rowBytes));
  for (let start = 0; start < wanted.length;) {
    let end = start + 1;
    while (end < wanted.length && end - start < longest && follows(wanted[end - 1], wanted[end], rowBytes))
      end++;
    yield wanted.slice(start, end);
    start = end;
  }
}

function follows(before: Wanted | undefined, after: Wanted | undefined, rowBytes: number): boolean {
  return before?.file === after?.file && (before?.position ?? 0) + rowBytes === after?.position;
}

/** Reads neighbouring rows and copies them to their places; returns those that did not pass their checksum. */
async function readRun(run: Wanted[], out: Uint8Array, rowBytes: number): Promise<number[]> {
  const [first] = run;
  if (!first) return [];
  const bytes = Buffer.allocUnsafe(run.length * rowBytes);
  const bytesRead = await first.file.read(bytes, 0, bytes.length, first.position).then(
    (result) => result.bytesRead,
    () => 0,
  );
  const damaged: number[] = [];
  for (const [index, { row, checksum }] of run.entries()) {
    const end = (index + 1) * rowBytes;
    const data = bytes.subarray(index * rowBytes, end);
    if (end <= bytesRead && crc32(data) === checksum) out.set(data, row * rowBytes);
    else damaged.push(row);
  }
  return damaged;
}
