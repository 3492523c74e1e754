import { inflateSync } from 'node:zlib';
import { halfToNumber } from '../../../tensors/half.ts';
import { GraftError } from '../../../../../shared/errors.ts';
import type { ByteReader } from '../../byte-reader.ts';
import { elementsOf } from '../../source.ts';
import type { Dataset, Filter, Layout } from './dataset.ts';
import { damaged, uint64, unsupported } from './structure.ts';

const filterIds = { deflate: 1, shuffle: 2, checksum: 3 } as const;
const checksumBytes = 4;
const maxChunkNodes = 100_000;

/**
 * The values of a dataset as float32.
 * @throws GraftError weights.dtype for anything but IEEE floats; weights.damaged, weights.unsupported
 */
export function readFloats(reader: ByteReader, dataset: Dataset, name: string): Float32Array {
  const { path } = reader;
  const { type, shape } = dataset;
  if (!/^F(16|32|64)$/.test(type.name))
    throw new GraftError('weights.dtype', { path, tensor: name, dtype: type.name });
  const bytes = elementsOf(shape) * type.bytes;
  checkLength(reader, dataset, name, bytes);
  const data = readBytes(reader, dataset, name, bytes);
  if (type.bigEndian) swap(data, type.bytes);
  return toFloat32(data, type.bytes);
}

/**
 * Checks that the file can hold what the shape claims, before memory is set aside for it.
 * @throws GraftError weights.damaged
 */
export function checkLength(reader: ByteReader, dataset: Dataset, name: string, bytes: number): void {
  const { path } = reader;
  const { layout } = dataset;
  if (layout.kind === 'chunked') {
    // Deflate shrinks by at most 1032:1, so a file cannot hold more than that times its size.
    const possible = reader.size * (dataset.filters.length > 0 ? 1032 : 1);
    if (bytes > possible) throw damaged(path, `${name} claims ${bytes} bytes in a file of ${reader.size}`);
    return;
  }
  const length = layout.kind === 'compact' ? layout.data.length : layout.length;
  const stored = layout.kind === 'contiguous' && layout.address === -1 ? 0 : length;
  if (stored !== bytes) {
    throw damaged(
      path,
      `${name} has the shape ${dataset.shape.join('x')}, ${bytes} bytes, but ${stored} are stored`,
    );
  }
}

function readBytes(reader: ByteReader, dataset: Dataset, name: string, bytes: number): Buffer {
  const { layout } = dataset;
  if (layout.kind === 'compact') return Buffer.from(layout.data);
  if (layout.kind === 'chunked') return readChunks(reader, dataset, layout, name, bytes);
  return bytes === 0 ? Buffer.alloc(0) : reader.bytes(layout.address, bytes);
}

type ChunkedLayout = Extract<Layout, { kind: 'chunked' }>;

function readChunks(
  reader: ByteReader,
  dataset: Dataset,
  layout: ChunkedLayout,
  name: string,
  bytes: number,
): Buffer {
  const { path } = reader;
  const { shape, type, filters } = dataset;
  const rank = shape.length;
  const chunkBytes = elementsOf(layout.chunk) * type.bytes;
  // A chunk may be larger than the tensor it holds the rim of, but not by this much in a file written for use.
  if (
    layout.chunk.length !== rank ||
    !(chunkBytes > 0) ||
    chunkBytes > Math.max(bytes * 2 ** rank, 1 << 16)
  ) {
    throw damaged(path, `${name} is cut into chunks of ${layout.chunk.join('x')}`);
  }
  const target = Buffer.alloc(bytes);
  for (const { address, length, mask, offset } of chunksOf(reader, layout.tree, rank, name)) {
    const chunk = applyFilters(reader, reader.bytes(address, length), filters, mask, chunkBytes, type.bytes);
    if (chunk.length !== chunkBytes) throw damaged(path, `a chunk of ${name} has ${chunk.length} bytes`);
    placeChunk(target, shape, chunk, layout.chunk, offset, type.bytes);
  }
  return target;
}

interface StoredChunk {
  address: number;
  length: number;
  mask: number;
  offset: number[];
}

/** The chunks below a version 1 B-tree of node type 1. */
function* chunksOf(reader: ByteReader, root: number, rank: number, name: string): Generator<StoredChunk> {
  const { path } = reader;
  const pending = root === -1 ? [] : [root];
  const keyBytes = 8 + 8 * (rank + 1);
  const visited = new Set<number>();
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (visited.has(address) || visited.size > maxChunkNodes)
      throw damaged(path, `the chunks of ${name} run in circles`);
    visited.add(address);
    const header = reader.bytes(address, 24);
    if (header.toString('latin1', 0, 4) !== 'TREE' || header.readUInt8(4) !== 1) {
      throw damaged(path, `no chunk B-tree at byte ${address}`);
    }
    const used = header.readUInt16LE(6);
    const entries = reader.bytes(address + 24, used * (keyBytes + 8));
    for (let i = 0; i < used; i++) {
      const at = i * (keyBytes + 8);
      const child = uint64(entries, at + keyBytes, path);
      if (header.readUInt8(5) > 0) {
        pending.push(child);
        continue;
      }
      const offset = Array.from({ length: rank }, (_, axis) => uint64(entries, at + 8 + 8 * axis, path));
      if (offset.some((start) => start < 0)) throw damaged(path, `a chunk of ${name} that lies nowhere`);
      yield { address: child, length: entries.readUInt32LE(at), mask: entries.readUInt32LE(at + 4), offset };
    }
  }
}

/** Undoes the filters of a chunk, last first; a set bit of `mask` means that the filter was left out. */
function applyFilters(
  reader: ByteReader,
  stored: Buffer,
  filters: readonly Filter[],
  mask: number,
  chunkBytes: number,
  elementBytes: number,
): Buffer {
  let data = stored;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (mask & (1 << i)) continue;
    const id = filters[i]?.id;
    if (id === filterIds.deflate) data = inflate(reader.path, data, chunkBytes + checksumBytes);
    else if (id === filterIds.shuffle) data = unshuffle(data, elementBytes);
    else if (id === filterIds.checksum) data = data.subarray(0, Math.max(0, data.length - checksumBytes));
    else throw unsupported(reader.path, `HDF5 filter number ${id}`);
  }
  return data;
}

function inflate(path: string, data: Buffer, maxOutputLength: number): Buffer {
  try {
    return inflateSync(data, { maxOutputLength });
  } catch (error) {
    throw damaged(
      path,
      `compressed data that does not unpack (${(error as NodeJS.ErrnoException).code ?? 'zlib'})`,
    );
  }
}

/** HDF5's shuffle stores the first bytes of all elements, then the second ones, and so on. */
function unshuffle(data: Buffer, elementBytes: number): Buffer {
  const count = Math.floor(data.length / elementBytes);
  const result = Buffer.from(data);
  for (let byte = 0; byte < elementBytes; byte++) {
    for (let i = 0; i < count; i++) result[i * elementBytes + byte] = data[byte * count + i] ?? 0;
  }
  return result;
}

/** Copies the part of a chunk that lies inside the tensor, row by row. */
function placeChunk(
  target: Buffer,
  shape: readonly number[],
  chunk: Buffer,
  chunkShape: readonly number[],
  offset: readonly number[],
  elementBytes: number,
): void {
  const rank = shape.length;
  const extent = shape.map((size, axis) => Math.min(chunkShape[axis] ?? 0, size - (offset[axis] ?? 0)));
  if (extent.some((size) => size <= 0)) return;
  const rows = elementsOf(extent.slice(0, -1));
  const rowBytes = (extent[rank - 1] ?? 1) * elementBytes;
  for (let row = 0; row < rows; row++) {
    let [from, to, rest] = [0, 0, row];
    let [fromStride, toStride] = [chunkShape[rank - 1] ?? 1, shape[rank - 1] ?? 1];
    for (let axis = rank - 2; axis >= 0; axis--) {
      const index = rest % (extent[axis] ?? 1);
      rest = Math.floor(rest / (extent[axis] ?? 1));
      from += index * fromStride;
      to += (index + (offset[axis] ?? 0)) * toStride;
      fromStride *= chunkShape[axis] ?? 1;
      toStride *= shape[axis] ?? 1;
    }
    to += offset[rank - 1] ?? 0;
    chunk.copy(target, to * elementBytes, from * elementBytes, from * elementBytes + rowBytes);
  }
}

function swap(data: Buffer, elementBytes: number): void {
  if (elementBytes === 2) data.swap16();
  else if (elementBytes === 4) data.swap32();
  else data.swap64();
}

function toFloat32(data: Buffer, elementBytes: number): Float32Array {
  const aligned =
    data.byteOffset % 8 === 0
      ? data
      : Buffer.from(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const count = data.length / elementBytes;
  if (elementBytes === 4) return new Float32Array(aligned.buffer, aligned.byteOffset, count);
  if (elementBytes === 8)
    return Float32Array.from(new Float64Array(aligned.buffer, aligned.byteOffset, count));
  return Float32Array.from({ length: count }, (_, i) => halfToNumber(aligned.readUInt16LE(2 * i)));
}
