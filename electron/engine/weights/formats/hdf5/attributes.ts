import type { ByteReader } from '../../byte-reader.ts';
import { damaged, messageTypes, need, uint64 } from './structure.ts';
import type { Message } from './structure.ts';

const listClass = 9;
const fixedString = 3;
const maxTextBytes = 4096;

/** A text attribute of an object, or null if it has none of that name or not as text. */
export function textAttribute(reader: ByteReader, messages: readonly Message[], name: string): string | null {
  for (const message of messages) {
    if (message.type !== messageTypes.attribute) continue;
    const attribute = parse(reader.path, message.data);
    if (attribute?.name === name) return textOf(reader, attribute.type, attribute.data);
  }
  return null;
}

interface Attribute {
  name: string;
  type: Buffer;
  data: Buffer;
}

/** Versions 1 to 3; the first pads its parts to 8 bytes. */
function parse(path: string, message: Buffer): Attribute | null {
  need(message, 0, 9, path);
  const version = message.readUInt8(0);
  if (version < 1 || version > 3) return null;
  const padded = (length: number) => (version === 1 ? Math.ceil(length / 8) * 8 : length);
  const nameLength = message.readUInt16LE(2);
  const typeLength = message.readUInt16LE(4);
  const nameAt = version === 3 ? 9 : 8;
  const typeAt = nameAt + padded(nameLength);
  const dataAt = typeAt + padded(typeLength) + padded(message.readUInt16LE(6));
  need(message, 0, dataAt, path);
  const name = message.toString('utf8', nameAt, nameAt + nameLength).replace(/\0.*$/s, '');
  return { name, type: message.subarray(typeAt, typeAt + typeLength), data: message.subarray(dataAt) };
}

function textOf(reader: ByteReader, type: Buffer, data: Buffer): string | null {
  need(type, 0, 8, reader.path);
  const kind = type.readUInt8(0) & 15;
  if (kind === fixedString) return data.toString('utf8', 0, type.readUInt32LE(4)).replace(/\0.*$/s, '');
  if (kind !== listClass) return null;
  need(data, 0, 16, reader.path);
  const length = data.readUInt32LE(0);
  if (length > maxTextBytes) return null;
  return heapObject(reader, uint64(data, 4, reader.path), data.readUInt32LE(12)).toString('utf8', 0, length);
}

/** An object of a global heap collection, where HDF5 keeps texts of any length. */
function heapObject(reader: ByteReader, address: number, index: number): Buffer {
  const { path } = reader;
  const header = reader.bytes(address, 16);
  if (header.toString('latin1', 0, 4) !== 'GCOL')
    throw damaged(path, `no heap collection at byte ${address}`);
  const end = address + uint64(header, 8, path);
  for (let at = address + 16; at + 16 <= end;) {
    const entry = reader.bytes(at, 16);
    const length = uint64(entry, 8, path);
    if (entry.readUInt16LE(0) === index) return reader.bytes(at + 16, Math.min(length, maxTextBytes));
    if (entry.readUInt16LE(0) === 0) break;
    at += 16 + Math.ceil(length / 8) * 8;
  }
  throw damaged(path, `a text that is not in its heap at byte ${address}`);
}
