import { readFileSync } from 'node:fs';

/** A NumPy 1.0 array file, C order, little endian, of uint8 or float32. */
export interface NpyArray {
  shape: number[];
  data: Uint8Array | Float32Array;
}

export function readNpy(path: string): NpyArray {
  const file = readFileSync(path);
  const length = file.readUInt16LE(8);
  const header = file.toString('latin1', 10, 10 + length);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const bytes = file.buffer.slice(file.byteOffset + 10 + length, file.byteOffset + file.length);
  const data = header.includes("'|u1'") ? new Uint8Array(bytes) : new Float32Array(bytes);
  return { shape, data };
}
