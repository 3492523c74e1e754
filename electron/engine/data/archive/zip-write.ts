import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { openBeside, orUnwritable } from '../../tensors/write-beside.ts';

/** What one entry of an archive came to. */
export interface WrittenEntry {
  name: string;
  bytes: number;
  /** In hex. */
  sha256: string;
}

interface Placed extends WrittenEntry {
  crc: number;
  position: number;
}

const storedVersion = 20;
const zip64Version = 45;
/** Names are UTF-8 (APPNOTE.TXT 4.4.4, bit 11). */
const flags = 0x0800;
const most32 = 0xffffffff;
/** 1 January 1980: the same content makes the same archive. */
const dosDate = 0x21;

/**
 * Writes a ZIP archive in which every entry is stored as it is, beside and renamed (APPNOTE.TXT 4.3). Weights and
 * pictures do not shrink, and stored entries can be read in place. Beyond 4 GB it is ZIP64.
 */
export class ZipWriter {
  readonly #path: string;
  readonly #file: Awaited<ReturnType<typeof openBeside>>;
  readonly #entries: Placed[] = [];
  #position = 0;

  private constructor(path: string, file: Awaited<ReturnType<typeof openBeside>>) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws GraftError file.unwritable */
  static async open(path: string): Promise<ZipWriter> {
    return new ZipWriter(path, await openBeside(path));
  }

  /** Adds a file, or bytes in memory. */
  async add(name: string, source: { path: string } | Uint8Array): Promise<WrittenEntry> {
    const position = this.#position;
    const header = localHeader(name);
    this.#position += header.length;
    const hash = createHash('sha256');
    let [crc, bytes] = [0, 0];
    const pieces = source instanceof Uint8Array ? [source] : createReadStream(source.path);
    for await (const piece of pieces) {
      const part = piece as Buffer;
      hash.update(part);
      crc = crc32(part, crc);
      await this.#write(part, this.#position);
      this.#position += part.length;
      bytes += part.length;
    }
    // Sizes and checksum are known only now.
    header.writeUInt32LE(crc, 14);
    writeSizes(header, bytes);
    await this.#write(header, position);
    const entry = { name, bytes, sha256: hash.digest('hex'), crc, position };
    this.#entries.push(entry);
    return { name, bytes, sha256: entry.sha256 };
  }

  async finish(): Promise<void> {
    const start = this.#position;
    const directory = Buffer.concat(this.#entries.map(centralHeader));
    const end = endRecords(this.#entries.length, start, directory.length);
    await this.#write(Buffer.concat([directory, end]), start);
    await this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    await orUnwritable(this.#path, () => writeAll(this.#file.handle, bytes, position));
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** With room for sizes of 64 bits, which are known only after the data. */
function localHeader(name: string): Buffer {
  const text = Buffer.from(name, 'utf8');
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(zip64Version, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(dosDate, 12);
  header.writeUInt32LE(most32, 18);
  header.writeUInt32LE(most32, 22);
  header.writeUInt16LE(text.length, 26);
  header.writeUInt16LE(20, 28);
  return Buffer.concat([header, text, extra64([0, 0])]);
}

function writeSizes(header: Buffer, bytes: number): void {
  header.writeBigUInt64LE(BigInt(bytes), header.length - 16);
  header.writeBigUInt64LE(BigInt(bytes), header.length - 8);
}

function centralHeader({ name, bytes, crc, position }: Placed): Buffer {
  const text = Buffer.from(name, 'utf8');
  const large = bytes >= most32 || position >= most32;
  const extra = large ? extra64([bytes, bytes, position]) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(zip64Version, 4);
  header.writeUInt16LE(large ? zip64Version : storedVersion, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(dosDate, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(large ? most32 : bytes, 20);
  header.writeUInt32LE(large ? most32 : bytes, 24);
  header.writeUInt16LE(text.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(large ? most32 : position, 42);
  return Buffer.concat([header, text, extra]);
}

function extra64(numbers: number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, index) => extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
  return extra;
}

/** The end record, after the two of ZIP64, which every reader of today knows. */
function endRecords(count: number, position: number, length: number): Buffer {
  const record = Buffer.alloc(56 + 20 + 22);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(zip64Version, 12);
  record.writeUInt16LE(zip64Version, 14);
  for (const at of [24, 32]) record.writeBigUInt64LE(BigInt(count), at);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(position), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(position + length), 64);
  record.writeUInt32LE(1, 72);
  record.writeUInt32LE(0x06054b50, 76);
  for (const at of [84, 86]) record.writeUInt16LE(0xffff, at);
  record.writeUInt32LE(most32, 88);
  record.writeUInt32LE(most32, 92);
  return record;
}
