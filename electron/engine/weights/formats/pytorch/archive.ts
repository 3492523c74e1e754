import { GraftError } from '../../../../../shared/errors.ts';
import { bfloatToNumber, halfToNumber } from '../../../tensors/half.ts';
import type { ByteReader } from '../../byte-reader.ts';
import { elementsOf, maxTensors } from '../../source.ts';
import type { WeightSource } from '../../source.ts';
import { openEntry } from '../zip.ts';
import type { ZipEntry } from '../zip.ts';
import { readStateDict } from './pickle.ts';
import type { StoredTensor } from './pickle.ts';

interface StorageType {
  dtype: string;
  bytes: number;
  at(data: Buffer, position: number): number;
}

/** Storages that hold weights. Counters (`num_batches_tracked`) are of other types and are listed, but not read. */
const storageTypes: Record<string, StorageType> = {
  FloatStorage: { dtype: 'F32', bytes: 4, at: (data, position) => data.readFloatLE(position) },
  DoubleStorage: { dtype: 'F64', bytes: 8, at: (data, position) => data.readDoubleLE(position) },
  HalfStorage: { dtype: 'F16', bytes: 2, at: (data, position) => halfToNumber(data.readUInt16LE(position)) },
  BFloat16Storage: {
    dtype: 'BF16',
    bytes: 2,
    at: (data, position) => bfloatToNumber(data.readUInt16LE(position)),
  },
};

const maxPickleBytes = 64 * 2 ** 20;

/** The pickle of a PyTorch archive: `<name>/data.pkl`. */
export function findPickle(entries: ReadonlyMap<string, ZipEntry>): ZipEntry | undefined {
  return [...entries.values()].find((entry) => /^([^/]+\/)?data\.pkl$/.test(entry.name));
}

/**
 * Opens a file of `torch.save`, format of PyTorch 1.6 and later: a state dict, or dictionaries with one inside.
 * @throws GraftError weights.unsafe for a pickle that asks for anything but tensors; weights.damaged and others
 */
export function openPytorch(
  path: string,
  reader: ByteReader,
  entries: ReadonlyMap<string, ZipEntry>,
  pickle: ZipEntry,
): WeightSource {
  if (pickle.bytes > maxPickleBytes) throw damaged(path, `a pickle of ${pickle.bytes} bytes`);
  const content = openEntry(reader, pickle);
  const tensors = readStateDict(path, content.bytes(0, content.size));
  if (tensors.size > maxTensors)
    throw new GraftError('weights.too-many-tensors', { path, limit: maxTensors });
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  const storageOf = (tensor: StoredTensor) => entries.get(`${folder}data/${tensor.storage}`);
  for (const [name, tensor] of tensors) checkTensor(path, name, tensor, storageOf(tensor));
  return {
    format: 'pytorch',
    path,
    files: [path],
    tensors: [...tensors].map(([name, { shape, type }]) => ({
      name,
      shape,
      dtype: storageTypes[type]?.dtype ?? type,
      bytes: 4 * elementsOf(shape),
    })),
    read: (name) =>
      new Promise((resolve) => {
        const tensor = tensors.get(name);
        const storage = tensor && storageOf(tensor);
        if (!storage) throw new Error(`No tensor ${name} in ${path}`);
        resolve(readTensor(path, name, tensor, openEntry(reader, storage)));
      }),
    close: () => reader.close(),
  };
}

const damaged = (path: string, detail: string) => new GraftError('weights.damaged', { path, detail });

/** Shape, strides and storage must agree before anything is set aside for the tensor. */
function checkTensor(path: string, name: string, tensor: StoredTensor, storage: ZipEntry | undefined): void {
  const { shape, strides, offset, storageElements, type } = tensor;
  const elements = elementsOf(shape);
  if (Number.isNaN(elements) || strides.length !== shape.length) {
    throw damaged(path, `${name} has the shape ${shape.join('x')} and the strides ${strides.join('x')}`);
  }
  if (!storage) throw damaged(path, `the data of ${name} (${tensor.storage}) are not in the archive`);
  const last = shape.reduce((sum, size, axis) => sum + Math.max(size - 1, 0) * (strides[axis] ?? 0), offset);
  if (elements > 0 && (last >= storageElements || elements > storageElements)) {
    throw damaged(path, `${name} reaches to element ${last} of ${storageElements}`);
  }
  const bytes = storageTypes[type]?.bytes;
  if (bytes !== undefined && storage.bytes !== storageElements * bytes) {
    throw damaged(path, `${name} is stored in ${storage.bytes} bytes instead of ${storageElements * bytes}`);
  }
}

function readTensor(path: string, name: string, tensor: StoredTensor, storage: ByteReader): Float32Array {
  const type = storageTypes[tensor.type];
  if (!type) throw new GraftError('weights.dtype', { path, tensor: name, dtype: tensor.type });
  const { shape, strides, offset } = tensor;
  const elements = elementsOf(shape);
  const contiguous = strides.every(
    (stride, axis) => stride === elementsOf(shape.slice(axis + 1)) || shape[axis] === 1,
  );
  if (contiguous) {
    const data = storage.bytes(offset * type.bytes, elements * type.bytes);
    if (type.dtype === 'F32') return new Float32Array(data.buffer, data.byteOffset, elements);
    return Float32Array.from({ length: elements }, (_, i) => type.at(data, i * type.bytes));
  }
  const data = storage.bytes(0, storage.size);
  return Float32Array.from({ length: elements }, (_, i) =>
    type.at(data, type.bytes * position(i, shape, strides, offset)),
  );
}

/** Where element `index` (row-major) of a tensor with strides lies in its storage. */
function position(
  index: number,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): number {
  let [rest, at] = [index, offset];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    at += (rest % size) * (strides[axis] ?? 0);
    rest = Math.floor(rest / size);
  }
  return at;
}
