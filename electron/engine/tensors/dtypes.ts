/** The element types of the safetensors format, and what Graft holds them as in memory. */

/** Bytes per element of every type the format defines; a header that names another type is refused. */
export const dtypeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type StoredDtype = keyof typeof dtypeBytes;

/** The types a tensor has in memory. Half precision is widened to F32 when read. */
export type TensorDtype = 'F32' | 'F64' | 'I32' | 'I64' | 'U8' | 'BOOL';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** `data` is row-major and holds exactly the product of `shape` elements; BOOL is one byte, 0 or 1. */
export interface Tensor {
  shape: number[];
  dtype: TensorDtype;
  data: TensorData;
}

/** What a stored type is read as, or null for types that Graft does not read. */
export function readableAs(dtype: StoredDtype): TensorDtype | null {
  switch (dtype) {
    case 'F16':
    case 'BF16':
      return 'F32';
    case 'F32':
    case 'F64':
    case 'I32':
    case 'I64':
    case 'U8':
    case 'BOOL':
      return dtype;
    default:
      return null;
  }
}

/** A zeroed array of `length` elements of a type. */
export function allocate(dtype: TensorDtype, length: number): TensorData {
  switch (dtype) {
    case 'F32':
      return new Float32Array(length);
    case 'F64':
      return new Float64Array(length);
    case 'I32':
      return new Int32Array(length);
    case 'I64':
      return new BigInt64Array(length);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(length);
  }
}

/** The number of elements of a shape; 1 for a scalar (`[]`). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The bytes behind any typed array, without a copy. */
export function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
