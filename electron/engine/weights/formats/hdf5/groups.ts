import { GraftError } from '../../../../../shared/errors.ts';
import type { ByteReader } from '../../byte-reader.ts';
import { readTreeRecords } from './btree-v2.ts';
import { openHeap } from './fractal-heap.ts';
import { damaged, messageTypes, need, uint64 } from './structure.ts';
import type { Message } from './structure.ts';

/** What a group holds: names and the addresses of their object headers. Soft links are passed over. */
export interface Member {
  name: string;
  address: number;
}

const maxNodes = 20_000;
const symbolEntryBytes = 40;
const softLinkCache = 2;
/** A record of the tree of names: the name's hash, then where the link lies in the heap. */
const hashBytes = 4;
const linkKinds = { hard: 0, soft: 1, external: 64 } as const;

/**
 * The members of a group, or null if the object is not a group.
 * @throws GraftError weights.unsafe for a link into another file; weights.damaged, weights.unsupported
 */
export function groupMembers(reader: ByteReader, messages: readonly Message[]): Member[] | null {
  const table = messages.find((message) => message.type === messageTypes.symbolTable);
  if (table) return symbolTableMembers(reader, table.data);
  const info = messages.find((message) => message.type === messageTypes.linkInfo);
  const links = messages.filter((message) => message.type === messageTypes.link);
  if (!info && links.length === 0) return null;
  const dense = info ? denseLinks(reader, info.data) : [];
  return [...links.map((message) => message.data), ...dense].flatMap((link) => linkMember(reader.path, link));
}

function symbolTableMembers(reader: ByteReader, table: Buffer): Member[] {
  const { path } = reader;
  const root = uint64(table, 0, path);
  const names = readLocalHeap(reader, uint64(table, 8, path));
  return treeLeaves(reader, root).flatMap((address) => symbolNode(reader, address, names));
}

/** The data segment of a local heap: zero-terminated names. */
function readLocalHeap(reader: ByteReader, address: number): Buffer {
  const header = reader.bytes(address, 32);
  if (header.toString('latin1', 0, 4) !== 'HEAP')
    throw damaged(reader.path, `no local heap at byte ${address}`);
  return reader.bytes(uint64(header, 24, reader.path), uint64(header, 8, reader.path));
}

/** Addresses of the symbol nodes below a version 1 B-tree of a group, in order. */
function treeLeaves(reader: ByteReader, root: number): number[] {
  const { path } = reader;
  const leaves: number[] = [];
  const visited = new Set<number>();
  const visit = (address: number, expectedLevel: number | null) => {
    if (visited.has(address) || visited.size > maxNodes)
      throw damaged(path, 'a group whose B-tree runs in circles');
    visited.add(address);
    const header = reader.bytes(address, 24);
    if (header.toString('latin1', 0, 4) !== 'TREE' || header.readUInt8(4) !== 0) {
      throw damaged(path, `no B-tree of a group at byte ${address}`);
    }
    const level = header.readUInt8(5);
    if (expectedLevel !== null && level !== expectedLevel) throw damaged(path, 'a B-tree with uneven levels');
    const used = header.readUInt16LE(6);
    const entries = reader.bytes(address + 24, used * 16 + 8);
    for (let i = 0; i < used; i++) {
      const child = uint64(entries, i * 16 + 8, path);
      if (level === 0) leaves.push(child);
      else visit(child, level - 1);
    }
  };
  visit(root, null);
  return leaves;
}

function symbolNode(reader: ByteReader, address: number, names: Buffer): Member[] {
  const { path } = reader;
  const header = reader.bytes(address, 8);
  if (header.toString('latin1', 0, 4) !== 'SNOD') throw damaged(path, `no symbol node at byte ${address}`);
  const count = header.readUInt16LE(6);
  const entries = reader.bytes(address + 8, count * symbolEntryBytes);
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * symbolEntryBytes;
    if (entries.readUInt32LE(at + 16) === softLinkCache) continue;
    const name = nameAt(path, names, uint64(entries, at, path));
    members.push({ name, address: uint64(entries, at + 8, path) });
  }
  return members;
}

function nameAt(path: string, names: Buffer, at: number): string {
  const end = at >= 0 && at < names.length ? names.indexOf(0, at) : -1;
  if (end < 0) throw damaged(path, `a name at ${at} outside its heap of ${names.length} bytes`);
  return names.toString('utf8', at, end);
}

/** More than a few links of a newer group lie in a heap, found through a tree of their names. */
function denseLinks(reader: ByteReader, info: Buffer): Buffer[] {
  const { path } = reader;
  need(info, 0, 2, path);
  const at = 2 + (info.readUInt8(1) & 1 ? 8 : 0);
  const heap = uint64(info, at, path);
  if (heap === -1) return [];
  const objectOf = openHeap(reader, heap);
  return readTreeRecords(reader, uint64(info, at + 8, path)).map((record) =>
    objectOf(record.subarray(hashBytes)),
  );
}

function linkMember(path: string, message: Buffer): Member[] {
  need(message, 0, 2, path);
  const flags = message.readUInt8(1);
  let at = 2;
  const kind = flags & 8 ? byteAt(message, at++, path) : linkKinds.hard;
  if (flags & 4) at += 8;
  if (flags & 16) at += 1;
  const width = 1 << (flags & 3);
  if (width === 8) throw damaged(path, 'a link name of impossible length');
  need(message, at, width, path);
  const length = message.readUIntLE(at, width);
  at += width;
  need(message, at, length, path);
  const name = message.toString('utf8', at, at + length);
  if (kind === linkKinds.soft) return [];
  if (kind !== linkKinds.hard) {
    throw new GraftError('weights.unsafe', { path, detail: `its entry ${name} is a link into another file` });
  }
  return [{ name, address: uint64(message, at + length, path) }];
}

function byteAt(bytes: Buffer, at: number, path: string): number {
  need(bytes, at, 1, path);
  return bytes.readUInt8(at);
}
