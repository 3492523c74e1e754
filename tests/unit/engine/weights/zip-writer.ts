import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  name: string;
  content: Buffer;
  deflate?: boolean;
  /** A length to claim instead of the true one. */
  claim?: number;
  /** Bytes of the name as they are, e.g. in another encoding. */
  rawName?: Buffer;
  /** Unix mode, e.g. `0o120777` for a link. */
  mode?: number;
  encrypted?: boolean;
  /** A checksum to claim instead of the true one. */
  crc?: number;
}

/** A ZIP archive in memory (APPNOTE.TXT 4.3), stored or deflated. */
export function zip(files: readonly Packed[], { large = false }: { large?: boolean } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const file of files) {
    const name = file.rawName ?? Buffer.from(file.name);
    const packed = file.deflate ? deflateRawSync(file.content) : file.content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(file.encrypted ? 1 : 0, 2);
    common.writeUInt16LE(file.deflate ? 8 : 0, 4);
    common.writeUInt32LE(file.crc ?? crc32(file.content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(file.claim ?? file.content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((file.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(position, 10);
    const extra = large ? moveOut(common, tail) : Buffer.alloc(0);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, name, extra]));
    parts.push(local);
    position += local.length;
  }
  const central = Buffer.concat(directory);
  if (large) return Buffer.concat([...parts, central, end64(files.length, central.length, position)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(position, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** As if the numbers did not fit into 32 bits: they go into an extra field, in the order size, packed size, place. */
function moveOut(common: Buffer, tail: Buffer): Buffer {
  const extra = Buffer.alloc(4 + 3 * 8);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(3 * 8, 2);
  extra.writeBigUInt64LE(BigInt(common.readUInt32LE(18)), 4);
  extra.writeBigUInt64LE(BigInt(common.readUInt32LE(14)), 12);
  extra.writeBigUInt64LE(BigInt(tail.readUInt32LE(10)), 20);
  for (const offset of [14, 18]) common.writeUInt32LE(0xffffffff, offset);
  tail.writeUInt32LE(0xffffffff, 10);
  common.writeUInt16LE(extra.length, 24);
  return extra;
}

/** End record, locator and end of a ZIP64 archive (APPNOTE.TXT 4.3.14 to 4.3.16). */
function end64(entries: number, length: number, position: number): Buffer {
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  for (const offset of [24, 32]) record.writeBigUInt64LE(BigInt(entries), offset);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(position), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(position + length), 8);
  const end = Buffer.alloc(22, 0xff);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(0, 20);
  return Buffer.concat([record, locator, end]);
}
