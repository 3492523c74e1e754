import { inflateRawSync } from 'node:zlib';
import { GraftError } from '../../../../shared/errors.ts';
import { bytesInMemory, windowOf } from '../byte-reader.ts';
import type { ByteReader } from '../byte-reader.ts';
import { maxTensorBytes } from '../source.ts';

/** ZIP archives, as far as weight files and folders of pictures use them (APPNOTE.TXT 4.3). */

export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  packedBytes: number;
  bytes: number;
  /** Of the local header. */
  position: number;
  /** Of the unpacked bytes. */
  crc32: number;
  /** File type bits of the system it was packed on (`S_IFMT`), 0 where that was none of the Unix family. */
  type: number;
}

/** More than any archive of the kind has: an archive beyond them is refused before its directory is read. */
export interface ZipLimits {
  entries: number;
  directoryBytes: number;
}

const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const end64Bytes = 56;
const locator64Bytes = 20;
/** Kind of the extra field that holds what does not fit into 32 bits. */
const extra64 = 1;
const maxComment = 65_535;
const weightLimits: ZipLimits = { entries: 40_000, directoryBytes: 64 * 2 ** 20 };
const encrypted = 1;
const typeBits = 0o170000;
/** Systems whose attributes begin with a Unix mode: Unix and macOS. */
const unixSystems = [3, 19];
/** What fields of 32 and 16 bits hold when the real number is in a ZIP64 record. */
const elsewhere = 0xffffffff;
const elsewhere16 = 0xffff;
/** Deflate shrinks by at most this much. */
const mostDeflation = 1032;

export const isZip = (head: Buffer): boolean => head.length >= 4 && head.readUInt32LE(0) === signatures.local;

const damaged = (path: string, detail: string) => new GraftError('weights.damaged', { path, detail });

/**
 * The entries of an archive by name.
 * @throws GraftError weights.damaged, weights.unsafe for a name that leads out of the archive, weights.unsupported
 */
export function readZip(reader: ByteReader, limits = weightLimits): Map<string, ZipEntry> {
  const { path } = reader;
  const { count, position, length } = findDirectory(reader);
  if (count > limits.entries || length > limits.directoryBytes)
    throw damaged(path, `an archive of ${count} entries in ${length} bytes`);
  const directory = reader.bytes(position, length);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + centralBytes > length || directory.readUInt32LE(at) !== signatures.central) {
      throw damaged(path, `its directory breaks off at entry ${i} of ${count}`);
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const name = nameOf(directory.subarray(at + centralBytes, at + centralBytes + nameLength));
    entries.set(name, readEntry(path, directory, at, name));
    at += centralBytes + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** UTF-8 as most write it; what is not, is taken for the code page of Chinese Windows, whose Explorer does not. */
function nameOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function readEntry(path: string, directory: Buffer, at: number, name: string): ZipEntry {
  if (leadsOut(name)) {
    throw new GraftError('weights.unsafe', { path, detail: `its entry ${name} leads out of the archive` });
  }
  if (directory.readUInt16LE(at + 8) & encrypted)
    throw new GraftError('weights.unsupported', { path, feature: 'encryption' });
  const larger = largeNumbers(directory, at);
  const number = (offset: number) => {
    const short = directory.readUInt32LE(at + offset);
    if (short !== elsewhere) return short;
    const long = larger.next().value;
    if (long === undefined) throw damaged(path, `${name} lacks the sizes that its entry refers to`);
    return long;
  };
  // In the order in which the larger numbers follow each other.
  const bytes = number(24);
  const packedBytes = number(20);
  const position = number(42);
  const system = directory[at + 5] ?? 0;
  const mode = unixSystems.includes(system) ? directory.readUInt16LE(at + 40) : 0;
  const entry = {
    name,
    method: directory.readUInt16LE(at + 10),
    packedBytes,
    bytes,
    position,
    crc32: directory.readUInt32LE(at + 16),
    type: mode & typeBits,
  };
  if (entry.bytes > maxTensorBytes || entry.bytes > entry.packedBytes * mostDeflation) {
    throw damaged(path, `${name} claims to unpack ${entry.packedBytes} bytes to ${entry.bytes}`);
  }
  return entry;
}

const leadsOut = (name: string): boolean =>
  /^([/]|[a-z]:)/i.test(name) || /[\\\0]/.test(name) || name.split('/').includes('..');

/** The numbers of an entry that do not fit into 32 bits, from its extra fields (APPNOTE.TXT 4.5.3). */
function* largeNumbers(directory: Buffer, at: number): Generator<number, undefined> {
  const start = at + centralBytes + directory.readUInt16LE(at + 28);
  const end = Math.min(start + directory.readUInt16LE(at + 30), directory.length);
  for (let field = start; field + 4 <= end;) {
    const next = field + 4 + directory.readUInt16LE(field + 2);
    const isLarge = directory.readUInt16LE(field) === extra64;
    for (let n = field + 4; isLarge && n + 8 <= Math.min(next, end); n += 8)
      yield Number(directory.readBigUInt64LE(n));
    field = next;
  }
  return undefined;
}

/** The end record lies at the end, before a comment of any length. */
function findDirectory(reader: ByteReader): { count: number; position: number; length: number } {
  const length = Math.min(reader.size, endBytes + maxComment);
  const tail = reader.bytes(reader.size - length, length);
  for (let at = length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== signatures.end) continue;
    const place = {
      count: tail.readUInt16LE(at + 10),
      length: tail.readUInt32LE(at + 12),
      position: tail.readUInt32LE(at + 16),
    };
    const isLarge = place.count === elsewhere16 || place.length === elsewhere || place.position === elsewhere;
    return isLarge ? findDirectory64(reader, reader.size - length + at) : place;
  }
  throw damaged(reader.path, 'an archive without a directory: its end is missing');
}

/** The place of the directory of a ZIP64 archive, by the locator before the end record (APPNOTE.TXT 4.3.14, 15). */
function findDirectory64(
  reader: ByteReader,
  end: number,
): { count: number; position: number; length: number } {
  const missing = () => damaged(reader.path, 'a ZIP64 archive without its end record');
  if (end < locator64Bytes) throw missing();
  const locator = reader.bytes(end - locator64Bytes, locator64Bytes);
  if (locator.readUInt32LE(0) !== signatures.locator64) throw missing();
  const record = reader.bytes(Number(locator.readBigUInt64LE(8)), end64Bytes);
  if (record.readUInt32LE(0) !== signatures.end64) throw missing();
  return {
    count: Number(record.readBigUInt64LE(32)),
    length: Number(record.readBigUInt64LE(40)),
    position: Number(record.readBigUInt64LE(48)),
  };
}

/**
 * One entry as bytes to read: a window into the file where it is stored, unpacked in memory where it is deflated.
 * @throws GraftError weights.damaged, weights.unsupported
 */
export function openEntry(reader: ByteReader, entry: ZipEntry): ByteReader {
  const { path } = reader;
  const start = packedStart(reader, entry);
  if (entry.method === 0) {
    if (entry.bytes !== entry.packedBytes) throw damaged(path, `${entry.name} is stored in two lengths`);
    return windowOf(reader, start, entry.bytes);
  }
  if (entry.method !== 8)
    throw new GraftError('weights.unsupported', { path, feature: `ZIP method ${entry.method}` });
  return bytesInMemory(path, inflate(path, entry, reader.bytes(start, entry.packedBytes)));
}

/**
 * Where the packed bytes of an entry begin in the file; they are checked to lie in it.
 * @throws GraftError weights.damaged
 */
export function packedStart(reader: ByteReader, entry: ZipEntry): number {
  const header = reader.bytes(entry.position, localBytes);
  if (header.readUInt32LE(0) !== signatures.local)
    throw damaged(reader.path, `${entry.name} is not where the directory says`);
  const start = entry.position + localBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + entry.packedBytes > reader.size)
    throw damaged(reader.path, `${entry.name} reaches beyond the end of the file`);
  return start;
}

function inflate(path: string, entry: ZipEntry, packed: Buffer): Buffer {
  let unpacked: Buffer;
  try {
    unpacked = inflateRawSync(packed, { maxOutputLength: Math.max(entry.bytes, 1) });
  } catch (error) {
    throw damaged(path, `${entry.name} does not unpack (${(error as NodeJS.ErrnoException).code ?? 'zlib'})`);
  }
  if (unpacked.length === entry.bytes) return unpacked;
  throw damaged(path, `${entry.name} unpacks to ${unpacked.length} bytes instead of ${entry.bytes}`);
}
