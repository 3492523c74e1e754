import { GraftError } from '../../../../../shared/errors.ts';
import type { ByteReader } from '../../byte-reader.ts';
import { elementsOf, maxRank } from '../../source.ts';
import { damaged, messageTypes, need, uint64, unsupported } from './structure.ts';
import type { Message } from './structure.ts';

/** How the bytes of a dataset lie in the file. */
export type Layout =
  | { kind: 'compact'; data: Buffer }
  | { kind: 'contiguous'; address: number; length: number }
  | { kind: 'chunked'; tree: number; chunk: number[] };

export interface ElementType {
  /** In safetensors' words: F16, F32, F64, I64 ..., or HDF5's name of a class that holds no numbers. */
  name: string;
  bytes: number;
  bigEndian: boolean;
}

export interface Filter {
  id: number;
  values: number[];
}

export interface Dataset {
  shape: number[];
  type: ElementType;
  layout: Layout;
  filters: Filter[];
}

const layoutClasses = { compact: 0, contiguous: 1, chunked: 2 } as const;
const classNames = [
  'integer',
  'float',
  'time',
  'string',
  'bits',
  'opaque',
  'compound',
  'reference',
  'enum',
  'list',
  'array',
];

/**
 * What the messages of an object say of its data, or null if it is not a dataset.
 * @throws GraftError weights.unsafe when the data lie in another file; weights.damaged, weights.unsupported
 */
export function describeDataset(
  reader: ByteReader,
  messages: readonly Message[],
  name: string,
): Dataset | null {
  const { path } = reader;
  const find = (type: number) => messages.find((message) => message.type === type);
  const layout = find(messageTypes.layout);
  if (!layout) return null;
  if (find(messageTypes.externalFiles)) {
    throw new GraftError('weights.unsafe', { path, detail: `the data of ${name} lie in another file` });
  }
  const space = find(messageTypes.dataspace);
  const type = find(messageTypes.datatype);
  if (!space || !type) throw damaged(path, `${name} has no shape or no type`);
  if ((space.flags | type.flags) & 2) throw unsupported(path, 'a shared HDF5 type');
  const shape = readShape(path, space.data);
  if (Number.isNaN(elementsOf(shape)))
    throw damaged(path, `${name} has the impossible shape ${shape.join('x')}`);
  return {
    shape,
    type: readType(path, type.data),
    layout: readLayout(path, layout.data),
    filters: readFilters(path, find(messageTypes.filters)?.data),
  };
}

function readShape(path: string, message: Buffer): number[] {
  need(message, 0, 4, path);
  const version = message.readUInt8(0);
  const rank = message.readUInt8(1);
  if (version !== 1 && version !== 2) throw damaged(path, `a shape of version ${version}`);
  if (rank > maxRank) throw damaged(path, `a tensor of ${rank} dimensions`);
  const at = version === 1 ? 8 : 4;
  return Array.from({ length: rank }, (_, axis) => uint64(message, at + 8 * axis, path));
}

function readType(path: string, message: Buffer): ElementType {
  need(message, 0, 8, path);
  const kind = message.readUInt8(0) & 15;
  const bytes = message.readUInt32LE(4);
  const bigEndian = (message.readUInt8(1) & 1) === 1;
  if (kind === 0) return { name: `${message.readUInt8(1) & 8 ? 'I' : 'U'}${bytes * 8}`, bytes, bigEndian };
  if (kind !== 1) return { name: classNames[kind] ?? `class ${kind}`, bytes, bigEndian };
  need(message, 8, 12, path);
  const [exponentBits, mantissaBits] = [message.readUInt8(13), message.readUInt8(15)];
  const ieee = { 2: [5, 10], 4: [8, 23], 8: [11, 52] }[bytes];
  const standard = ieee !== undefined && ieee[0] === exponentBits && ieee[1] === mantissaBits;
  const name = standard ? `F${bytes * 8}` : `float with ${exponentBits}+${mantissaBits} bits`;
  return { name, bytes, bigEndian };
}

function readLayout(path: string, message: Buffer): Layout {
  need(message, 0, 2, path);
  const version = message.readUInt8(0);
  const kind = message.readUInt8(1);
  if (version !== 3 && version !== 4) throw unsupported(path, `version ${version} of HDF5's data layout`);
  if (kind === layoutClasses.compact) {
    need(message, 2, 2, path);
    const length = message.readUInt16LE(2);
    need(message, 4, length, path);
    return { kind: 'compact', data: message.subarray(4, 4 + length) };
  }
  if (kind === layoutClasses.contiguous) {
    return { kind: 'contiguous', address: uint64(message, 2, path), length: uint64(message, 10, path) };
  }
  if (kind !== layoutClasses.chunked || version === 4) throw unsupported(path, `HDF5 data layout ${kind}`);
  need(message, 2, 9, path);
  const rank = message.readUInt8(2) - 1; // The last dimension is the size of an element.
  need(message, 11, 4 * Math.max(rank, 0), path);
  const chunk = Array.from({ length: Math.max(rank, 0) }, (_, axis) => message.readUInt32LE(11 + 4 * axis));
  return { kind: 'chunked', tree: uint64(message, 3, path), chunk };
}

function readFilters(path: string, message: Buffer | undefined): Filter[] {
  if (!message) return [];
  need(message, 0, 2, path);
  const version = message.readUInt8(0);
  const count = message.readUInt8(1);
  let at = version === 1 ? 8 : 2;
  const filters: Filter[] = [];
  for (let i = 0; i < count; i++) {
    need(message, at, 8, path);
    const id = message.readUInt16LE(at);
    const named = version === 1 || id >= 256;
    const nameLength = named ? message.readUInt16LE(at + 2) : 0;
    const valuesAt = at + (named ? 6 : 4);
    need(message, valuesAt, 2, path);
    const values = message.readUInt16LE(valuesAt);
    const data = valuesAt + 2 + (version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    need(message, data, 4 * values, path);
    filters.push({
      id,
      values: Array.from({ length: values }, (_, k) => message.readUInt32LE(data + 4 * k)),
    });
    at = data + 4 * (values + (version === 1 ? values % 2 : 0));
  }
  return filters;
}
