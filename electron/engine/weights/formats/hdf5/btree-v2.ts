import type { ByteReader } from '../../byte-reader.ts';
import { damaged, need, uint64 } from './structure.ts';

const headerBytes = 38;
/** Signature, version, type and checksum of a node. */
const overheadBytes = 10;
const maxNodes = 20_000;

interface TreeShape {
  nodeBytes: number;
  recordBytes: number;
  /** Bytes of "number of records" of a child. */
  countBytes: number;
  /** Bytes of "total number of records" below a child at each depth; none for leaves. */
  totalBytes: number[];
}

const bytesFor = (limit: number) => Math.floor(Math.log2(Math.max(limit, 1)) / 8) + 1;

/** All records of a version 2 B-tree, in order of the nodes. */
export function readTreeRecords(reader: ByteReader, address: number): Buffer[] {
  const { path } = reader;
  const header = reader.bytes(address, headerBytes);
  if (header.toString('latin1', 0, 4) !== 'BTHD') throw damaged(path, `no B-tree at byte ${address}`);
  const depth = header.readUInt16LE(12);
  const shape = treeShape(header.readUInt32LE(6), header.readUInt16LE(10), depth);
  if (!shape) throw damaged(path, `a B-tree of impossible shape at byte ${address}`);
  const root = uint64(header, 16, path);
  const records: Buffer[] = [];
  if (root !== -1) collect(reader, shape, root, header.readUInt16LE(24), depth, records, new Set());
  return records;
}

/** How many records fit a node follows from its size; so do the widths of the counts kept beside child addresses. */
function treeShape(nodeBytes: number, recordBytes: number, depth: number): TreeShape | null {
  if (recordBytes === 0 || nodeBytes <= overheadBytes || nodeBytes > 1 << 20 || depth > 16) return null;
  let most = Math.floor((nodeBytes - overheadBytes) / recordBytes);
  const countBytes = bytesFor(most);
  const totalBytes = [0];
  let total = most;
  for (let level = 1; level <= depth; level++) {
    const pointer = 8 + countBytes + (totalBytes[level - 1] ?? 0);
    most = Math.floor((nodeBytes - overheadBytes - pointer) / (recordBytes + pointer));
    total = (most + 1) * total + most;
    totalBytes.push(Math.min(bytesFor(total), 8));
  }
  return { nodeBytes, recordBytes, countBytes, totalBytes };
}

function collect(
  reader: ByteReader,
  shape: TreeShape,
  address: number,
  count: number,
  level: number,
  records: Buffer[],
  visited: Set<number>,
): void {
  const { path } = reader;
  if (visited.has(address) || visited.size > maxNodes) throw damaged(path, 'a B-tree that runs in circles');
  visited.add(address);
  const node = reader.bytes(address, shape.nodeBytes);
  const wanted = level === 0 ? 'BTLF' : 'BTIN';
  if (node.toString('latin1', 0, 4) !== wanted) throw damaged(path, `no ${wanted} node at byte ${address}`);
  need(node, 6, count * shape.recordBytes, path);
  for (let i = 0; i < count; i++) {
    records.push(node.subarray(6 + i * shape.recordBytes, 6 + (i + 1) * shape.recordBytes));
  }
  if (level === 0) return;
  const pointer = 8 + shape.countBytes + (shape.totalBytes[level - 1] ?? 0);
  const first = 6 + count * shape.recordBytes;
  need(node, first, (count + 1) * pointer, path);
  for (let i = 0; i <= count; i++) {
    const at = first + i * pointer;
    const below = node.readUIntLE(at + 8, shape.countBytes);
    collect(reader, shape, uint64(node, at, path), below, level - 1, records, visited);
  }
}
