import { GraftError } from '../../../../shared/errors.ts';
import { elementsOf } from '../source.ts';
import { broken, groupFields, integersOf, textOf } from './protobuf-reader.ts';
import type { Field } from './protobuf-reader.ts';

/** TensorProto of onnx.proto3, by field number. */
const tensorFields = { dims: 1, type: 2, segment: 3, floats: 4, int32s: 5, strings: 6, int64s: 7, name: 8, raw: 9, doubles: 10, uint64s: 11, external: 13, location: 14 } as const; // prettier-ignore

/** The element types that a network's constants may have: their name, and bytes per element. */
const elementTypes: Record<number, { name: string; bytes: number }> = {
  1: { name: 'float32', bytes: 4 },
  2: { name: 'uint8', bytes: 1 },
  6: { name: 'int32', bytes: 4 },
  7: { name: 'int64', bytes: 8 },
  9: { name: 'bool', bytes: 1 },
  11: { name: 'float64', bytes: 8 },
};
export const FLOAT32 = 1;

/** Integer tensors of more numbers are no shapes, and are not looked into. */
const mostIntegers = 64;

export interface OnnxTensor {
  name: string;
  shape: number[];
  type: number;
  /** The whole TensorProto, to be copied. */
  message: Buffer;
  /** Values of a small integer tensor: shapes, axes, indices. */
  integers: number[] | null;
}

/**
 * A constant of the network, checked: its numbers are in the file, as many as its shape says, and finite.
 * @throws GraftError weights.unsafe, weights.damaged, weights.dtype, weights.not-finite
 */
export function parseTensor(message: Buffer, path: string): OnnxTensor {
  const field = groupFields(message, path);
  const name = textOf(field(tensorFields.name), path);
  const shape = integersOf(field(tensorFields.dims), path);
  const type = field(tensorFields.type).at(-1)?.value ?? 0;
  if (field(tensorFields.external).length > 0 || (field(tensorFields.location).at(-1)?.value ?? 0) !== 0)
    throw new GraftError('weights.unsafe', { path, detail: `its tensor ${name} points to another file` });
  const element = elementTypes[type];
  if (!element || field(tensorFields.segment).length > 0)
    throw new GraftError('weights.dtype', {
      path,
      tensor: name,
      dtype: element?.name ?? `ONNX type ${type}`,
    });
  const elements = elementsOf(shape);
  if (Number.isNaN(elements)) throw broken(path, `${name} has the shape ${shape.join('x')}`);
  const values = valuesOf(field, element.bytes, name, path);
  const stored = 'raw' in values ? values.raw.length / element.bytes : values.count;
  if (stored !== elements) throw broken(path, `${name} of shape [${shape.join(', ')}] has ${stored} numbers`);
  if ('floats' in values) checkFinite(values.floats, 4, name, path);
  else if ('raw' in values && element.name.startsWith('float'))
    checkFinite(values.raw, element.bytes, name, path);
  return { name, shape, type, message, integers: integersOfTensor(values, type, elements, path) };
}

type Values = { raw: Buffer } | { count: number; fields: Field[] } | { count: number; floats: Buffer };

/** Numbers lie raw, or in the list of their type. */
function valuesOf(field: (number: number) => Field[], bytes: number, name: string, path: string): Values {
  const raw = field(tensorFields.raw).at(-1);
  if (raw) return { raw: raw.bytes };
  const floats = field(tensorFields.floats);
  if (floats.length > 0) {
    const joined = Buffer.concat(floats.map((piece) => piece.bytes));
    return { floats: joined, count: joined.length / 4 };
  }
  if (field(tensorFields.doubles).length > 0 || field(tensorFields.strings).length > 0)
    throw new GraftError('weights.dtype', { path, tensor: name, dtype: bytes === 8 ? 'float64' : 'string' });
  const fields = [
    ...field(tensorFields.int32s),
    ...field(tensorFields.int64s),
    ...field(tensorFields.uint64s),
  ];
  return { fields, count: fields.length === 0 ? 0 : integersOf(fields, path).length };
}

function checkFinite(bytes: Buffer, size: number, tensor: string, path: string): void {
  if (bytes.length % size !== 0) throw broken(path, `${tensor} has ${bytes.length} bytes`);
  for (let at = 0; at < bytes.length; at += size) {
    const value = size === 4 ? bytes.readFloatLE(at) : bytes.readDoubleLE(at);
    if (value - value === 0) continue; // Only NaN and the infinities are not equal to themselves here.
    throw new GraftError('weights.not-finite', { path, tensor, value: String(value), position: at / size });
  }
}

function integersOfTensor(values: Values, type: number, elements: number, path: string): number[] | null {
  if ((type !== 6 && type !== 7) || elements > mostIntegers) return null;
  if ('fields' in values) return integersOf(values.fields, path);
  if (!('raw' in values)) return null;
  const { raw } = values;
  return Array.from({ length: elements }, (_, i) =>
    type === 6 ? raw.readInt32LE(4 * i) : Number(raw.readBigInt64LE(8 * i)),
  );
}
