import type { FileHandle } from 'node:fs/promises';
import { GraftError } from '../../../shared/errors.ts';
import { allocate, bytesOf, dtypeBytes, elementCount, readableAs } from './dtypes.ts';
import type { Tensor } from './dtypes.ts';
import { bfloatToNumber, halfToNumber } from './half.ts';
import { openForReading, readFully, readHeader } from './safetensors-header.ts';
import type { TensorEntry } from './safetensors-header.ts';

export type { StoredDtype, Tensor, TensorData, TensorDtype } from './dtypes.ts';
export { readSafetensorsHeader } from './safetensors-header.ts';
export type { SafetensorsHeader, TensorEntry } from './safetensors-header.ts';
export { createSafetensorsWriter, writeSafetensors } from './safetensors-write.ts';
export type { SafetensorsWriter, TensorSpec } from './safetensors-write.ts';

export interface SafetensorsFile {
  metadata: Record<string, string>;
  tensors: Map<string, Tensor>;
}

/** Half-precision data is widened in pieces of this size, so that a file never has to lie in memory twice. */
const pieceBytes = 1 << 20;

/**
 * Reads tensors, all or those named, each straight into its own array. F16 and BF16 become F32.
 * @throws GraftError file.*, safetensors.* (safetensors.no-tensor for a name that is not there)
 */
export async function readSafetensors(path: string, names?: Iterable<string>): Promise<SafetensorsFile> {
  const file = await openForReading(path);
  try {
    const { metadata, entries } = await readHeader(file, path);
    const tensors = new Map<string, Tensor>();
    for (const name of names ?? entries.keys()) {
      tensors.set(name, await readTensor(file, path, name, entryOf(path, entries, name)));
    }
    return { metadata, tensors };
  } finally {
    await file.close();
  }
}

/**
 * Reads rows `[start, start + count)` of one tensor, counted along its first axis, without touching the others.
 * The result's shape is `[count, ...rest]`.
 * @throws GraftError file.*, safetensors.*; RangeError for rows outside the tensor
 */
export async function readSafetensorsRows(
  path: string,
  name: string,
  start: number,
  count: number,
): Promise<Tensor> {
  const file = await openForReading(path);
  try {
    const { entries } = await readHeader(file, path);
    const entry = entryOf(path, entries, name);
    const [rows = 1, ...rest] = entry.shape;
    if (start < 0 || count < 0 || start + count > rows) {
      throw new RangeError(`Rows ${start} to ${start + count} of ${name}, which has ${rows}`);
    }
    const rowBytes = elementCount(rest) * dtypeBytes[entry.dtype];
    const begin = entry.begin + start * rowBytes;
    const part = { ...entry, shape: [count, ...rest], begin, end: begin + count * rowBytes };
    return await readTensor(file, path, name, part);
  } finally {
    await file.close();
  }
}

function entryOf(path: string, entries: Map<string, TensorEntry>, name: string): TensorEntry {
  const entry = entries.get(name);
  if (!entry) throw new GraftError('safetensors.no-tensor', { path, tensor: name });
  return entry;
}

async function readTensor(file: FileHandle, path: string, name: string, entry: TensorEntry): Promise<Tensor> {
  const dtype = readableAs(entry.dtype);
  if (!dtype) throw new GraftError('safetensors.dtype', { path, tensor: name, dtype: entry.dtype });
  const shape = [...entry.shape];
  if (entry.dtype === 'F16' || entry.dtype === 'BF16') {
    return { shape, dtype, data: await readHalves(file, path, entry) };
  }
  const data = allocate(dtype, elementCount(shape));
  await readFully(file, path, bytesOf(data), entry.begin);
  return { shape, dtype, data };
}

async function readHalves(file: FileHandle, path: string, entry: TensorEntry): Promise<Float32Array> {
  const widen = entry.dtype === 'F16' ? halfToNumber : bfloatToNumber;
  const data = new Float32Array(elementCount(entry.shape));
  const piece = Buffer.alloc(Math.min(pieceBytes, entry.end - entry.begin));
  for (let position = entry.begin; position < entry.end; position += pieceBytes) {
    const part = piece.subarray(0, Math.min(pieceBytes, entry.end - position));
    await readFully(file, path, part, position);
    const first = (position - entry.begin) / 2;
    for (let i = 0; i < part.length / 2; i++) data[first + i] = widen(part.readUInt16LE(2 * i));
  }
  return data;
}
