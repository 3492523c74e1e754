import { GraftError } from '../../../../../shared/errors.ts';
import type { ByteReader } from '../../byte-reader.ts';

/**
 * The ground of the HDF5 File Format Specification (version 3): superblock, object headers and their messages.
 * Only what weight files use is read; everything else is named and refused.
 */

export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

export interface Message {
  type: number;
  /** Bit 1: the message itself lies elsewhere. */
  flags: number;
  data: Buffer;
}

export const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const undefinedAddress = 0xffffffffffffffffn;

/** No header of a weight file comes near these; a file that exceeds them runs in circles. */
const maxHeaderBlocks = 256;
const maxMessages = 20_000;
const maxHeaderBytes = 1 << 22;

export const damaged = (path: string, detail: string) => new GraftError('weights.damaged', { path, detail });
export const unsupported = (path: string, feature: string) =>
  new GraftError('weights.unsupported', { path, feature });

/** A position or length of 8 bytes; -1 is HDF5's "undefined". */
export function uint64(bytes: Buffer, at: number, path: string): number {
  need(bytes, at, 8, path);
  const value = bytes.readBigUInt64LE(at);
  if (value === undefinedAddress) return -1;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(path, `a length or position of ${value}`);
  return Number(value);
}

/** @throws GraftError weights.damaged unless `bytes` has `length` bytes at `at` */
export function need(bytes: Buffer, at: number, length: number, path: string): void {
  if (at + length > bytes.length) {
    throw damaged(path, `a record of ${bytes.length} bytes is cut short: it needs ${at + length}`);
  }
}

/**
 * Checks the superblock and returns the address of the root group's object header.
 * @throws GraftError weights.damaged when the file is shorter than it says, weights.unsupported
 */
export function readSuperblock(reader: ByteReader): number {
  const { path } = reader;
  const head = reader.bytes(0, Math.min(reader.size, 128));
  if (!head.subarray(0, 8).equals(signature))
    throw damaged(path, 'it does not begin with the HDF5 signature');
  need(head, 8, 8, path);
  const version = head.readUInt8(8);
  if (version > 3) throw unsupported(path, `version ${version} of the HDF5 superblock`);
  const classic = version < 2;
  const [offsetSize, lengthSize] = classic ? [head[13], head[14]] : [head[9], head[10]];
  if (offsetSize !== 8 || lengthSize !== 8) throw unsupported(path, `HDF5 addresses of ${offsetSize} bytes`);
  const base = classic ? (version === 0 ? 24 : 28) : 12;
  if (uint64(head, base, path) !== 0) throw unsupported(path, 'an HDF5 user block');
  const end = uint64(head, base + 16, path);
  if (end > reader.size) throw damaged(path, `it should have ${end} bytes and has ${reader.size}`);
  return uint64(head, classic ? base + 40 : base + 24, path);
}

/** All messages of the object header at an address, those of its continuation blocks included. */
export function readMessages(reader: ByteReader, address: number): Message[] {
  const start = reader.bytes(address, Math.min(64, Math.max(0, reader.size - address)));
  need(start, 0, 16, reader.path);
  if (start.toString('latin1', 0, 4) === 'OHDR') return readVersion2(reader, address, start);
  if (start.readUInt8(0) !== 1) throw damaged(reader.path, `no object header at byte ${address}`);
  return collect(reader, address + 16, start.readUInt32LE(8), parseVersion1, 0);
}

function readVersion2(reader: ByteReader, address: number, start: Buffer): Message[] {
  const flags = start.readUInt8(5);
  const at = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const width = 1 << (flags & 3);
  need(start, at, width, reader.path);
  const length = width === 8 ? uint64(start, at, reader.path) : start.readUIntLE(at, width);
  const ordered = (flags & 4) !== 0;
  return collect(reader, address + at + width, length, (block) => parseVersion2(block, ordered), 4);
}

type ParseBlock = (block: Buffer, path: string) => Message[];

/** Follows continuation blocks; `frame` is the length of their signature and of their checksum (version 2). */
function collect(
  reader: ByteReader,
  at: number,
  length: number,
  parse: ParseBlock,
  frame: number,
): Message[] {
  const { path } = reader;
  const messages: Message[] = [];
  const blocks = [{ at, length }];
  let total = 0;
  for (let next = 0; next < blocks.length; next++) {
    const block = blocks[next];
    if (!block) break;
    total += block.length;
    if (next > maxHeaderBlocks || messages.length > maxMessages || total > maxHeaderBytes) {
      throw damaged(path, `the object header at byte ${at} has no end`);
    }
    for (const message of parse(reader.bytes(block.at, block.length), path)) {
      messages.push(message);
      if (message.type !== messageTypes.continuation) continue;
      const position = uint64(message.data, 0, path) + frame;
      blocks.push({ at: position, length: Math.max(0, uint64(message.data, 8, path) - 2 * frame) });
    }
  }
  return messages;
}

function parseVersion1(block: Buffer, path: string): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + 8 <= block.length;) {
    const size = block.readUInt16LE(at + 2);
    need(block, at + 8, size, path);
    const data = block.subarray(at + 8, at + 8 + size);
    messages.push({ type: block.readUInt16LE(at), flags: block.readUInt8(at + 4), data });
    at += 8 + size;
  }
  return messages;
}

function parseVersion2(block: Buffer, ordered: boolean): Message[] {
  const messages: Message[] = [];
  const frame = ordered ? 6 : 4;
  for (let at = 0; at + frame <= block.length;) {
    const size = block.readUInt16LE(at + 1);
    // What is left at the end of a block may be a gap too small for a message.
    if (at + frame + size > block.length) break;
    const data = block.subarray(at + frame, at + frame + size);
    messages.push({ type: block.readUInt8(at), flags: block.readUInt8(at + 3), data });
    at += frame + size;
  }
  return messages;
}
