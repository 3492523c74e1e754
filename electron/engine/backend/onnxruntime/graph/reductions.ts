import { cast, div, like, sub, unary } from './elementwise.ts';
import { reshape } from './shaping.ts';
import type { Value } from './value.ts';
import { dim, integers, record } from './value.ts';

/** Reduces over `axes` (all of them when empty lists every axis). `keepDims` leaves ones in their place. */
export function reduce(op: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  if (axes.length === 0) return x;
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  return record(op, [x, integers(axes)], { keepdims: keepDims ? 1 : 0 }, x.type, shape);
}

/** Index of the largest or smallest element along one axis, as int32; the first one wins ties. */
export function argReduce(op: 'ArgMax' | 'ArgMin', x: Value, axis: number): Value {
  const shape = x.shape.filter((_, position) => position !== axis);
  return cast(record(op, [x], { axis, keepdims: 0 }, 'int64', shape), 'int32');
}

export function softmax(op: 'Softmax' | 'LogSoftmax', x: Value, axis: number): Value {
  return record(op, [x], { axis }, x.type, x.shape);
}

/** [..., m, k] times [..., k, n], batch dimensions broadcast. */
export function matmul(a: Value, b: Value, batch: readonly number[]): Value {
  return record('MatMul', [a, b], {}, a.type, [...batch, dim(a.shape, -2), dim(b.shape, -1)]);
}

/** Rank-2 product with either side read transposed: no transpose is paid for. */
export function gemm(a: Value, b: Value, transA: boolean, transB: boolean): Value {
  const rows = dim(a.shape, transA ? 1 : 0);
  const columns = dim(b.shape, transB ? 0 : 1);
  return record('Gemm', [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 }, a.type, [rows, columns]);
}

/** Mean and variance over `axes`, kept as ones. */
export function moments(x: Value, axes: readonly number[]): { mean: Value; variance: Value } {
  const mean = reduce('ReduceMean', x, axes, true);
  const centred = sub(x, mean);
  const variance = reduce('ReduceMean', record('Mul', [centred, centred], {}, x.type, x.shape), axes, true);
  return { mean, variance };
}

export const reciprocalRoot = (x: Value): Value => div(like(x, 1), unary('Sqrt', x));

/** A vector along the last axis, reshaped to stand along `axis` of a tensor of this rank. */
export function along(vector: Value, rank: number, axis: number): Value {
  const shape = Array.from({ length: rank }, (_, position) => (position === axis ? dim(vector.shape, 0) : 1));
  return reshape(vector, shape);
}
