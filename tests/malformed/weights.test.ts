import '@tensorflow/tfjs-backend-cpu';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFile } from '../../electron/engine/weights/import.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { writeHdf5 } from '../unit/engine/weights/hdf5-writer.ts';
import { pickleStateDict, pytorchFile, raw } from '../unit/engine/weights/pytorch-writer.ts';
import { torchNet } from '../unit/engine/weights/graphs/torch-net.ts';
import { zip } from '../unit/engine/weights/zip-writer.ts';
import { writeGraphModel } from '../unit/engine/weights/graphs/graph-model.ts';
import { badGraphModels, badGraphs } from './graphs.ts';
import { fillKeras, kerasArchive, modelJson, ramp, shardSpec, torchTensors } from './samples.ts';

/**
 * Bad weight files and the exact error each must give. Every file is made here, in a fresh folder of its own, and
 * goes the whole way of an import.
 */
interface BadFile {
  name: string;
  code: ErrorCode;
  /** Parameters the error must carry, so that its sentence names the thing. */
  params?: Record<string, unknown>;
  /** Makes the file and returns the path to import. */
  make(folder: string): string | Promise<string>;
}

async function kerasBytes(folder: string, libver: 'earliest' | 'latest' = 'earliest'): Promise<Buffer> {
  const path = join(folder, 'good.h5');
  await writeHdf5(path, fillKeras, libver);
  return readFileSync(path);
}

function write(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A good .h5 with some bytes overwritten after `find`. */
async function patched(folder: string, find: string, offset: number, bytes: number[]): Promise<string> {
  const content = await kerasBytes(folder);
  const at = content.indexOf(find, 0, 'latin1');
  if (at < 0) throw new Error(`No ${find} in the sample`);
  Buffer.from(bytes).copy(content, at + offset);
  return write(folder, 'patched.h5', content);
}

function tfjs(
  folder: string,
  weights: object[],
  paths: string[],
  shard = Buffer.from(ramp(24).buffer),
): string {
  write(folder, 'shard.bin', shard);
  return write(folder, 'model.json', modelJson(weights, paths));
}

/** A safetensors file of this header, with `length` bytes of data that take no room on disk. */
function safetensors(folder: string, header: object, length: number): string {
  const path = join(folder, 'bad.safetensors');
  const json = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  const descriptor = openSync(path, 'w');
  writeSync(descriptor, Buffer.concat([size, json]));
  ftruncateSync(descriptor, 8 + json.length + length);
  closeSync(descriptor);
  return path;
}

/** A .pth whose pickle is this program. */
function pickled(folder: string, program: string): string {
  return write(folder, 'evil.pth', zip([{ name: 'archive/data.pkl', content: raw(program) }]));
}

const gigabytes5 = 5 * 2 ** 30;

/** A ZIP64 archive with a number of its end record overwritten, `back` bytes before the end of the file. */
function large(folder: string, back: number, value: bigint): string {
  const content = zip([{ name: 'config.json', content: Buffer.from('{}') }], { large: true });
  content.writeBigUInt64LE(value, content.length - back);
  return write(folder, 'large.keras', content);
}

const badFiles: BadFile[] = [
  { name: 'a path that does not exist', code: 'file.missing', make: (folder) => join(folder, 'gone.h5') },
  { name: 'an empty file', code: 'weights.damaged', params: { detail: 'the file is empty' }, make: (folder) => write(folder, 'empty.h5', '') },
  {
    name: 'a text file',
    code: 'weights.not-weights',
    params: { detail: 'it begins with "Dear fri"' },
    make: (folder) => write(folder, 'letter.h5', 'Dear friend, these are not weights.'),
  },
  { name: 'a picture', code: 'weights.not-weights', make: (folder) => write(folder, 'cat.h5', Buffer.from('ffd8ffe000104a464946', 'hex')) },
  { name: 'a folder without a model', code: 'weights.missing-part', params: { part: 'model.json' }, make: (folder) => folder },
  {
    name: 'an .h5 cut in half',
    code: 'weights.damaged',
    params: { detail: expect.stringMatching(/^it should have \d+ bytes and has \d+$/) },
    make: async (folder) => {
      const content = await kerasBytes(folder);
      return write(folder, 'half.h5', content.subarray(0, content.length / 2));
    },
  },
  {
    name: 'an .h5 of nothing but its signature',
    code: 'weights.damaged',
    make: async (folder) => write(folder, 'stub.h5', (await kerasBytes(folder)).subarray(0, 8)),
  },
  {
    name: 'an .h5 of a superblock not yet invented',
    code: 'weights.unsupported',
    params: { feature: 'version 9 of the HDF5 superblock' },
    make: (folder) => patched(folder, '\x89HDF', 8, [9]),
  },
  {
    name: 'an .h5 whose group tree points to itself',
    code: 'weights.damaged',
    params: { detail: 'a group whose B-tree runs in circles' },
    make: async (folder) => {
      const content = await kerasBytes(folder);
      const tree = content.indexOf('TREE');
      content[tree + 5] = 1; // An inner node, whose first child is itself.
      content.writeBigUInt64LE(BigInt(tree), tree + 32);
      content[content.indexOf('TREE', tree + 4) + 5] = 0;
      return write(folder, 'circle.h5', content);
    },
  },
  {
    name: 'an .h5 whose tree is overwritten',
    code: 'weights.damaged',
    params: { detail: expect.stringContaining('no B-tree of a group at byte') },
    make: (folder) => patched(folder, 'TREE', 0, [0, 0, 0, 0]),
  },
  {
    name: 'an .h5 with a link into another file',
    code: 'weights.unsafe',
    params: { detail: 'its entry kernel:0 is a link into another file' },
    make: async (folder) => {
      const path = join(folder, 'linked.h5');
      await writeHdf5(path, (file) => file.externalLink('conv1/kernel:0', '/etc/passwd', '/x'));
      return path;
    },
  },
  {
    name: 'an .h5 whose tensors lie in other files',
    code: 'weights.unsafe',
    params: { detail: expect.stringMatching(/^the data of \S+ lie in another file$/) },
    make: async (folder) => {
      const content = await kerasBytes(folder);
      // The message of a fill value (5) becomes one of external files (7).
      const message = content.indexOf(Buffer.from('05000800010000000202020100000000', 'hex'));
      content[message] = 7;
      return write(folder, 'external.h5', content);
    },
  },
  {
    name: 'an .h5 without tensors',
    code: 'weights.unknown-architecture',
    make: async (folder) => {
      const path = join(folder, 'bare.h5');
      await writeHdf5(path, (file) => file.group('conv1'));
      return path;
    },
  },
  {
    name: 'an .h5 of another network',
    code: 'weights.unknown-architecture',
    params: { tensors: 'conv1/bias, conv1/kernel, dense/bias' },
    make: async (folder) => {
      await kerasBytes(folder);
      return join(folder, 'good.h5');
    },
  },
  { name: 'JSON that is none', code: 'weights.damaged', params: { detail: 'it is not valid JSON' }, make: (folder) => write(folder, 'model.json', '{"a": ') },
  { name: 'JSON that is no model', code: 'weights.not-a-model', make: (folder) => write(folder, 'model.json', '{"name": "graft"}') },
  {
    name: 'a graph model without a graph',
    code: 'weights.damaged',
    params: { detail: expect.stringMatching(/^its modelTopology is wrong at/) },
    make: (folder) => write(folder, 'model.json', '{"format": "graph-model", "weightsManifest": []}'),
  },
  ...badGraphModels.map(({ change, ...file }) => ({ ...file, make: (folder: string) => writeGraphModel(folder, change) })),
  {
    name: 'a model.json with a shape of words',
    code: 'weights.damaged',
    params: { detail: expect.stringContaining('0.weights.0.shape.0') },
    make: (folder) => tfjs(folder, [{ ...shardSpec, shape: ['four'] }], ['shard.bin']),
  },
  {
    name: 'a model whose shard is missing',
    code: 'weights.missing-part',
    params: { part: 'lost.bin' },
    make: (folder) => tfjs(folder, [shardSpec], ['lost.bin']),
  },
  {
    name: 'a model whose shard is too short',
    code: 'weights.damaged',
    params: { detail: 'shard.bin: 95 bytes instead of 96' },
    make: (folder) => tfjs(folder, [shardSpec], ['shard.bin'], Buffer.alloc(95)),
  },
  {
    name: 'a model that claims more than its shard has',
    code: 'weights.damaged',
    params: { detail: 'shard.bin: 96 bytes instead of 400000000000000' },
    make: (folder) => tfjs(folder, [{ ...shardSpec, shape: [1e7, 1e7] }], ['shard.bin']),
  },
  {
    name: 'a model with a shape beyond all numbers',
    code: 'weights.damaged',
    params: { detail: expect.stringContaining('has the shape') },
    make: (folder) => tfjs(folder, [{ ...shardSpec, shape: [1e9, 1e9, 1e9] }], ['shard.bin']),
  },
  {
    name: 'a model of complex numbers',
    code: 'weights.dtype',
    params: { tensor: 'conv1/kernel', dtype: 'complex64' },
    make: (folder) => tfjs(folder, [{ ...shardSpec, dtype: 'complex64' }], ['shard.bin']),
  },
  ...['../secret.bin', '/etc/passwd', 'a\\..\\..\\b', 'https://example.org/x.bin'].map((path) => ({
    name: `a model that points to ${path}`,
    code: 'weights.unsafe' as const,
    params: { detail: `it points outside its folder, to ${path}` },
    make: (folder: string) => tfjs(folder, [shardSpec], [path]),
  })),
  {
    name: 'an archive cut short',
    code: 'weights.damaged',
    params: { detail: 'an archive without a directory: its end is missing' },
    make: async (folder) => write(folder, 'half.keras', (await kerasArchive(folder)).subarray(0, 2000)),
  },
  {
    name: 'an archive of pictures',
    code: 'weights.not-weights',
    params: { detail: 'an archive of cat.jpg' },
    make: (folder) => write(folder, 'cats.keras', zip([{ name: 'cat.jpg', content: Buffer.alloc(10) }])),
  },
  {
    name: 'an archive whose entry leads out of it',
    code: 'weights.unsafe',
    params: { detail: 'its entry ../../.bashrc leads out of the archive' },
    make: (folder) => write(folder, 'out.keras', zip([{ name: '../../.bashrc', content: Buffer.alloc(10) }])),
  },
  {
    name: 'an archive that claims to unpack to gigabytes',
    code: 'weights.damaged',
    params: { detail: expect.stringMatching(/^config\.json claims to unpack \d+ bytes to 4000000000$/) },
    make: (folder) =>
      write(folder, 'bomb.keras', zip([{ name: 'config.json', content: Buffer.alloc(1e6), deflate: true, claim: 4e9 }])),
  },
  {
    name: 'an archive that unpacks to more than it claims',
    code: 'weights.damaged',
    params: { detail: 'config.json does not unpack (ERR_BUFFER_TOO_LARGE)' },
    make: (folder) => {
      const config = { name: 'config.json', content: Buffer.alloc(1e7), deflate: true, claim: 1000 };
      return write(folder, 'bomb2.keras', zip([config, { name: 'model.weights.h5', content: Buffer.alloc(10) }]));
    },
  },
  {
    name: 'a ZIP64 archive whose end record lies elsewhere',
    code: 'weights.damaged',
    params: { detail: expect.stringMatching(/^expected 56 bytes at byte 1099511627776, but the file ends at byte \d+$/) },
    make: (folder) => large(folder, 22 + 12, 2n ** 40n),
  },
  {
    name: 'a ZIP64 archive of a trillion entries',
    code: 'weights.damaged',
    params: { detail: expect.stringMatching(/^an archive of 1099511627776 entries in \d+ bytes$/) },
    make: (folder) => large(folder, 22 + 20 + 24, 2n ** 40n),
  },
  {
    name: 'a ZIP64 archive without its large sizes',
    code: 'weights.damaged',
    params: { detail: 'config.json lacks the sizes that its entry refers to' },
    make: (folder) => {
      const content = zip([{ name: 'config.json', content: Buffer.from('{}') }], { large: true });
      content.writeUInt16LE(2, content.indexOf('config.json', 60) + 11); // Extra fields of another kind.
      return write(folder, 'large.keras', content);
    },
  },
  {
    name: 'a ZIP64 entry that claims to be larger than memory',
    code: 'weights.damaged',
    params: { detail: 'config.json claims to unpack 2 bytes to 1099511627776' },
    make: (folder) => {
      const content = zip([{ name: 'config.json', content: Buffer.from('{}') }], { large: true });
      content.writeBigUInt64LE(2n ** 40n, content.indexOf('config.json', 60) + 15);
      return write(folder, 'large.keras', content);
    },
  },
  {
    name: 'a .keras file without its weights',
    code: 'weights.missing-part',
    params: { part: 'model.weights.h5' },
    make: (folder) => write(folder, 'empty.keras', zip([{ name: 'config.json', content: Buffer.from('{}') }])),
  },
  ...[
    ['posix.system', "\x80\x02cposix\nsystem\nX\x04\x00\x00\x00trueq\x00\x85R."],
    ['builtins.eval', "\x80\x04\x95\x20\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R."],
    ['torch.load', '\x80\x02ctorch\nload\n)R.'],
  ].map(([name = '', program = '']) => ({
    name: `a .pth that asks for ${name}`,
    code: 'weights.unsafe' as const,
    params: { detail: `its pickle asks for ${name}, which weights have no need of` },
    make: (folder: string) => pickled(folder, program),
  })),
  {
    name: 'a .pth whose pickle breaks off',
    code: 'weights.damaged',
    params: { detail: 'a pickle that breaks off' },
    make: (folder) => pickled(folder, pickleStateDict(torchTensors).subarray(0, 80).toString('latin1')),
  },
  {
    name: 'a .pth whose pickle takes from an empty stack',
    code: 'weights.damaged',
    params: { detail: 'a pickle that takes what it has not put' },
    make: (folder) => pickled(folder, '\x80\x02t.'),
  },
  {
    name: 'a .pth without the data of a tensor',
    code: 'weights.damaged',
    params: { detail: 'the data of conv1.bias (1) are not in the archive' },
    make: (folder) =>
      write(folder, 'lost.pth', pytorchFile(torchTensors, (files) => files.filter((file) => file.name !== 'model/data/1'))),
  },
  {
    name: 'a .pth with a shape larger than its data',
    code: 'weights.damaged',
    params: { detail: 'w reaches to element 99999999 of 4' },
    make: (folder) => write(folder, 'lie.pth', pytorchFile([{ name: 'w', shape: [10_000, 10_000], data: ramp(4) }])),
  },
  {
    name: 'a .pth that repeats four numbers a billion times',
    code: 'weights.damaged',
    make: (folder) =>
      write(folder, 'repeat.pth', pytorchFile([{ name: 'w', shape: [1e9], strides: [0], data: ramp(4) }])),
  },
  {
    name: 'safetensors of five gigabytes',
    code: 'weights.too-large',
    params: { bytes: gigabytes5 },
    make: (folder) =>
      safetensors(folder, { w: { dtype: 'F32', shape: [gigabytes5 / 4], data_offsets: [0, gigabytes5] } }, gigabytes5),
  },
  {
    name: 'safetensors of thousands of tensors',
    code: 'weights.too-many-tensors',
    make: (folder) => {
      const entry = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
      return safetensors(folder, Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`t${i}`, entry])), 0);
    },
  },
  {
    name: 'safetensors cut short',
    code: 'safetensors.truncated',
    make: (folder) => safetensors(folder, { w: { dtype: 'F32', shape: [10], data_offsets: [0, 40] } }, 39),
  },
  ...badGraphs.map(({ make, ...file }) => ({
    ...file,
    make: (folder: string) => write(folder, 'net.onnx', make(torchNet)),
  })),
]; // prettier-ignore

let root: string;
beforeAll(async () => {
  await setBackend('cpu');
  root = mkdtempSync(join(tmpdir(), 'graft-malformed-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('bad weight files', () => {
  it.each(badFiles.map((file, index) => ({ ...file, index })))(
    '$name: $code',
    async ({ code, params, make, index }) => {
      const folder = join(root, String(index));
      mkdirSync(folder);
      const path = await make(folder);
      const wanted = { code, params: expect.objectContaining(params ?? {}) };
      await expect(importFile(path, join(root, 'library'))).rejects.toMatchObject(wanted);
    },
  );
});
