import type { FileHandle } from 'node:fs/promises';
import { bytesOf, dtypeBytes, elementCount } from './dtypes.ts';
import type { Tensor, TensorData, TensorDtype } from './dtypes.ts';
import { lengthFieldBytes } from './safetensors-header.ts';
import { openBeside, orUnwritable } from './write-beside.ts';

/** What has to be known of a tensor before its data: the header comes first in the file. */
export interface TensorSpec {
  shape: readonly number[];
  dtype: TensorDtype;
}

/** Writes one file piece by piece, so that a matrix larger than memory can be stored. */
export interface SafetensorsWriter {
  /** Appends elements to a tensor, in row-major order; tensors may be written in any order and interleaved. */
  append(name: string, data: TensorData): Promise<void>;
  /** Checks that every tensor is complete, forces the file to disk and renames it into place. */
  finish(): Promise<void>;
  /** Throws away what was written; `path` stays as it was. */
  discard(): Promise<void>;
}

/**
 * Writes tensors and string metadata as one safetensors file: beside, fsynced, then renamed.
 * @throws GraftError file.unwritable; TypeError when data and shape disagree
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Record<string, string> = {},
): Promise<void> {
  for (const [name, tensor] of tensors) checkLength(name, tensor);
  const writer = await createSafetensorsWriter(path, tensors, metadata);
  try {
    for (const [name, { data }] of tensors) await writer.append(name, data);
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/**
 * Opens a file for piecewise writing.
 * @throws GraftError file.unwritable; TypeError for the reserved name `__metadata__`
 */
export async function createSafetensorsWriter(
  path: string,
  specs: ReadonlyMap<string, TensorSpec>,
  metadata: Record<string, string> = {},
): Promise<SafetensorsWriter> {
  const { header, places } = layOut(specs, metadata);
  const file = await openBeside(path);
  const write = (data: Uint8Array, position: number) =>
    orUnwritable(path, () => writeFully(file.handle, data, position));
  try {
    await write(header, 0);
  } catch (error) {
    await file.discard();
    throw error;
  }
  return {
    async append(name, data) {
      const place = places.get(name);
      if (!place) throw new TypeError(`${name} is not among the tensors of ${path}`);
      const bytes = bytesOf(data);
      if (place.position + bytes.byteLength > place.end)
        throw new TypeError(`More data than the shape of ${name} holds`);
      await write(bytes, place.position);
      place.position += bytes.byteLength;
    },
    async finish() {
      for (const [name, { position, end }] of places) {
        if (position !== end) throw new TypeError(`${end - position} bytes of ${name} were never written`);
      }
      await file.commit();
    },
    discard: file.discard,
  };
}

interface Place {
  position: number;
  end: number;
}

/** The header's bytes and each tensor's place; wider types first, so that every tensor is aligned to its type. */
function layOut(specs: ReadonlyMap<string, TensorSpec>, metadata: Record<string, string>) {
  if (specs.has('__metadata__')) throw new TypeError('__metadata__ is a reserved name');
  const ordered = [...specs].sort(([, a], [, b]) => dtypeBytes[b.dtype] - dtypeBytes[a.dtype]);
  const fields: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  const places = new Map<string, Place>();
  let offset = 0;
  for (const [name, { shape, dtype }] of ordered) {
    const end = offset + elementCount(shape) * dtypeBytes[dtype];
    fields.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    places.set(name, { position: offset, end });
    offset = end;
  }
  const header = encodeHeader(Object.fromEntries(fields));
  for (const place of places.values()) {
    place.position += header.byteLength;
    place.end += header.byteLength;
  }
  return { header, places };
}

/** The length field and the JSON, padded with spaces so that the data starts at a multiple of 8. */
function encodeHeader(fields: Record<string, unknown>): Uint8Array {
  const json = Buffer.from(JSON.stringify(fields), 'utf8');
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const header = Buffer.alloc(lengthFieldBytes + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(header, lengthFieldBytes);
  return header;
}

async function writeFully(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < data.byteLength) {
    const { bytesWritten } = await file.write(data, done, data.byteLength - done, position + done);
    done += bytesWritten;
  }
}

function checkLength(name: string, { shape, data, dtype }: Tensor): void {
  if (data.length !== elementCount(shape) || data.BYTES_PER_ELEMENT !== dtypeBytes[dtype]) {
    throw new TypeError(
      `${name} holds ${data.length} elements, but its shape is [${shape.join(', ')}] of ${dtype}`,
    );
  }
}
