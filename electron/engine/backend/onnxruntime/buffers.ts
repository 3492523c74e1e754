/**
 * Results are written into buffers that are used again: fresh memory for every weight at every step
 * costs page faults and garbage collections. A buffer comes back when nobody can see it any more.
 */
import type { ElementType, NumberArray, Value } from './graph/value.ts';
import { sizeOf } from './graph/value.ts';

const bytesPerElement: Readonly<Record<ElementType, number>> = { float32: 4, int32: 4, int64: 8, bool: 1 };
/** A buffer unused for this many flushes is left to the garbage collector. */
const FLUSHES_KEPT = 3;

const free = new Map<number, ArrayBuffer[]>();
const lastUsed = new Map<number, number>();
let released: Value[] = [];
let flushes = 0;

export function view(type: ElementType, buffer: ArrayBuffer): NumberArray {
  switch (type) {
    case 'float32':
      return new Float32Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'bool':
      return new Uint8Array(buffer);
  }
}

/** An array for a result of this type and shape; its content is whatever was there before. */
export function borrow(type: ElementType, shape: readonly number[]): NumberArray {
  const byteLength = sizeOf(shape) * bytesPerElement[type];
  lastUsed.set(byteLength, flushes);
  return view(type, free.get(byteLength)?.pop() ?? new ArrayBuffer(byteLength));
}

/** Notes that no tensor holds the value. Recorded nodes may still read it, until the next flush has run. */
export function release(value: Value): void {
  if (value.pooled) released.push(value);
}

/** After a flush: nothing recorded reads the released values any more, so their buffers are free. */
export function reclaim(): void {
  flushes++;
  for (const value of released) {
    if (value.holders > 0 || !value.pooled || !value.data) continue;
    const buffer = value.data.buffer as ArrayBuffer;
    value.data = null;
    value.pooled = false;
    const list = free.get(buffer.byteLength) ?? [];
    list.push(buffer);
    free.set(buffer.byteLength, list);
  }
  released = [];
  for (const byteLength of [...free.keys()]) {
    if (flushes - (lastUsed.get(byteLength) ?? 0) <= FLUSHES_KEPT) continue;
    free.delete(byteLength);
    lastUsed.delete(byteLength);
  }
}
