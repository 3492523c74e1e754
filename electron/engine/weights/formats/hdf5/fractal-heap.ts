import type { ByteReader } from '../../byte-reader.ts';
import { damaged, need, uint64, unsupported } from './structure.ts';

/**
 * HDF5's fractal heap: objects at addresses of a space of its own, laid out in rows of `width` blocks. The first two
 * rows have blocks of `startBytes`, each further row blocks twice as large; up to `maxDirectBytes` a block holds
 * objects, beyond it further rows.
 */
interface HeapShape {
  idBytes: number;
  /** Bytes of an offset within the heap. */
  offsetBytes: number;
  width: number;
  startBytes: number;
  maxDirectBytes: number;
  root: number;
  /** Rows of the root block; 0 when it holds objects itself. */
  rows: number;
}

const headerBytes = 142;
const maxDepth = 16;

/** A function that gives the object of a heap ID. */
export function openHeap(reader: ByteReader, address: number): (id: Buffer) => Buffer {
  const shape = readShape(reader, address);
  return (id) => {
    const { path } = reader;
    need(id, 0, shape.idBytes, path);
    if (((id[0] ?? 0) >> 4) & 3) throw unsupported(path, 'HDF5 heap objects outside their heap');
    const offset = id.readUIntLE(1, shape.offsetBytes);
    const lengthBytes = Math.min(shape.idBytes - 1 - shape.offsetBytes, 6);
    const length = id.readUIntLE(1 + shape.offsetBytes, lengthBytes);
    if (length > shape.maxDirectBytes) throw damaged(path, `a heap object of ${length} bytes`);
    return reader.bytes(locate(reader, shape, shape.root, shape.rows, offset, 0), length);
  };
}

function readShape(reader: ByteReader, address: number): HeapShape {
  const { path } = reader;
  const header = reader.bytes(address, headerBytes);
  if (header.toString('latin1', 0, 4) !== 'FRHP') throw damaged(path, `no heap at byte ${address}`);
  if (header.readUInt16LE(7) !== 0) throw unsupported(path, 'a compressed HDF5 heap');
  const shape = {
    idBytes: header.readUInt16LE(5),
    offsetBytes: Math.ceil(header.readUInt16LE(128) / 8),
    width: header.readUInt16LE(110),
    startBytes: uint64(header, 112, path),
    maxDirectBytes: uint64(header, 120, path),
    root: uint64(header, 132, path),
    rows: header.readUInt16LE(140),
  };
  const sensible =
    shape.width > 0 &&
    shape.startBytes > 0 &&
    shape.maxDirectBytes >= shape.startBytes &&
    shape.offsetBytes >= 1 &&
    shape.offsetBytes <= 6 &&
    shape.idBytes > 1 + shape.offsetBytes;
  if (!sensible) throw damaged(path, `a heap of impossible shape at byte ${address}`);
  return shape;
}

/** File position of heap offset `offset`, which counts from the start of the block at `block`. */
function locate(
  reader: ByteReader,
  shape: HeapShape,
  block: number,
  rows: number,
  offset: number,
  depth: number,
): number {
  const { path } = reader;
  if (rows === 0) return block + offset;
  if (depth > maxDepth) throw damaged(path, 'a heap nested without end');
  const { width, startBytes } = shape;
  const doublings = Math.floor(offset / (width * startBytes));
  const row = doublings === 0 ? 0 : Math.floor(Math.log2(doublings)) + 1;
  if (row >= rows) throw damaged(path, `heap offset ${offset} outside its ${rows} rows`);
  const rowStart = row === 0 ? 0 : width * startBytes * 2 ** (row - 1);
  const blockBytes = startBytes * 2 ** Math.max(0, row - 1);
  const column = Math.floor((offset - rowStart) / blockBytes);
  const entries = block + 13 + shape.offsetBytes;
  const child = uint64(reader.bytes(entries + 8 * (row * width + column), 8), 0, path);
  const within = offset - rowStart - column * blockBytes;
  if (blockBytes <= shape.maxDirectBytes) return child + within;
  const childRows = Math.floor(Math.log2(blockBytes / (startBytes * width))) + 1;
  return locate(reader, shape, child, Math.max(1, childRows), within, depth + 1);
}
