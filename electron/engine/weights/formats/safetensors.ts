import { readSafetensors, readSafetensorsHeader } from '../../tensors/safetensors.ts';
import { elementsOf, maxTensors } from '../source.ts';
import type { WeightFormat } from '../source.ts';
import { GraftError } from '../../../../shared/errors.ts';

/** The header's length comes first, as 8 bytes; then the header, which is JSON. */
const lengthBytes = 8;

/** safetensors files: Graft's own library, and what others export. */
export const safetensors: WeightFormat = {
  id: 'safetensors',
  title: 'safetensors',
  match: (head) => head.length > lengthBytes && head[lengthBytes] === 0x7b && head.readUInt32LE(4) === 0,
  open: async (path) => {
    const { entries, metadata } = await readSafetensorsHeader(path);
    if (entries.size > maxTensors)
      throw new GraftError('weights.too-many-tensors', { path, limit: maxTensors });
    return {
      format: safetensors.id,
      path,
      files: [path],
      // A file of Graft's own library says what it is.
      architecture: metadata['sourceSha256'] === undefined ? undefined : metadata['architecture'],
      tensors: [...entries].map(([name, { shape, dtype }]) => ({
        name,
        shape,
        dtype,
        bytes: 4 * elementsOf(shape),
      })),
      read: async (name) => {
        const tensor = (await readSafetensors(path, [name])).tensors.get(name);
        if (tensor?.data instanceof Float32Array) return tensor.data;
        if (tensor?.data instanceof Float64Array) return Float32Array.from(tensor.data);
        throw new GraftError('weights.dtype', { path, tensor: name, dtype: tensor?.dtype ?? 'none' });
      },
      close: () => undefined,
    };
  },
};
