import { endianness } from 'node:os';

/** Four-byte values as little-endian bytes, whatever this machine's order is. */
export function toBytes(values: Int32Array | Float32Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
}

/** A copy, because a blob need not lie at a multiple of four bytes. */
export function toBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = Buffer.from(Uint8Array.from(bytes).buffer);
  if (endianness() !== 'LE') copy.swap32();
  return copy.buffer.slice(copy.byteOffset, copy.byteOffset + copy.byteLength) as ArrayBuffer;
}
