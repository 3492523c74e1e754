import { GraftError } from '../../../../shared/errors.ts';

/**
 * Protocol buffers as far as ONNX files use them (https://protobuf.dev/programming-guides/encoding), read from bytes
 * that nobody vouches for: every length is held against what is there before it is followed.
 */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const longestVarint = 10;
const mostNumbers = 4096;

export interface Field {
  number: number;
  /** Of a varint, as a signed 64 bit number, rounded where a double cannot hold it. 0 for other kinds. */
  value: number;
  /** Content of a string, bytes or message; the raw bytes of a fixed number; empty for a varint. */
  bytes: Buffer;
  wire: number;
}

const none = Buffer.alloc(0);

export const broken = (path: string, detail: string) => new GraftError('weights.damaged', { path, detail });

/** @throws GraftError weights.damaged */
export function* fieldsOf(message: Buffer, path: string): Generator<Field> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const key = readVarint(message, cursor, path);
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (!(number >= 1 && number < 2 ** 29)) throw broken(path, `a field numbered ${number}`);
    if (wire === VARINT) yield { number, wire, value: readVarint(message, cursor, path), bytes: none };
    else
      yield {
        number,
        wire,
        value: 0,
        bytes: take(message, cursor, lengthOf(message, cursor, wire, path), path),
      };
  }
}

function lengthOf(message: Buffer, cursor: { at: number }, wire: number, path: string): number {
  if (wire === BYTES) return readVarint(message, cursor, path);
  if (wire === FIXED32) return 4;
  if (wire === FIXED64) return 8;
  throw broken(path, `a field of the unknown kind ${wire}`);
}

function take(message: Buffer, cursor: { at: number }, length: number, path: string): Buffer {
  const end = cursor.at + length;
  if (!(length >= 0 && end <= message.length))
    throw broken(path, `a field of ${length} bytes where ${message.length - cursor.at} are left`);
  const bytes = message.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

function readVarint(message: Buffer, cursor: { at: number }, path: string): number {
  let value = 0n;
  for (let i = 0; i < longestVarint; i++) {
    const byte = message[cursor.at++];
    if (byte === undefined) throw broken(path, 'it breaks off inside a number');
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) {
      return Number(BigInt.asIntN(64, value));
    }
  }
  throw broken(path, 'a number without end');
}

/** The numbers of a repeated integer field, packed or one by one. */
export function integersOf(fields: readonly Field[], path: string): number[] {
  const numbers: number[] = [];
  for (const { wire, value, bytes } of fields) {
    if (wire === VARINT) numbers.push(value);
    else
      for (const cursor = { at: 0 }; cursor.at < bytes.length;) numbers.push(readVarint(bytes, cursor, path));
    if (numbers.length > mostNumbers) throw broken(path, `a list of more than ${mostNumbers} numbers`);
  }
  return numbers;
}

/** Fields by their number, in order. */
export function groupFields(message: Buffer, path: string): (number: number) => Field[] {
  const groups = new Map<number, Field[]>();
  for (const field of fieldsOf(message, path)) {
    const group = groups.get(field.number);
    if (group) group.push(field);
    else groups.set(field.number, [field]);
  }
  return (number) => groups.get(number) ?? [];
}

const longestText = 1000;

/** A string field; the last one counts, as everywhere in protocol buffers. */
export function textOf(fields: readonly Field[], path: string): string {
  const bytes = fields.at(-1)?.bytes ?? none;
  if (bytes.length > longestText) throw broken(path, `a name of ${bytes.length} bytes`);
  return bytes.toString('utf8');
}
