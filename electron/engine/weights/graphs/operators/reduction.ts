import type { Rule } from '../operators.ts';
import { Unpredictable, attributeOrInput, axisOf, need, shaped, sizeOf } from './known.ts';

export const globalPool: Rule = (_, inputs) => {
  const { shape } = need(inputs, 0);
  return [shaped(shape.map((side, axis) => (axis < 2 ? side : 1)))];
};

export const reduce: Rule = (node, inputs) => {
  const { shape } = need(inputs, 0);
  const named = attributeOrInput(node, 'axes', inputs, 1) ?? [];
  const none = named.length === 0;
  if (none && node.integer('noop_with_empty_axes', 0) !== 0) return [shaped(shape)];
  const axes = new Set(none ? shape.keys() : named.map((axis) => axisOf(axis, shape.length)));
  const keeps = node.integer('keepdims', 1) !== 0;
  return [shaped(shape.flatMap((side, axis) => (axes.has(axis) ? (keeps ? [1] : []) : [side])))];
};

export const flatten: Rule = (node, inputs) => {
  const { shape } = need(inputs, 0);
  const named = node.integer('axis', 1);
  const axis = named === shape.length ? named : axisOf(named, Math.max(shape.length, 1));
  return [shaped([sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])];
};

export const transpose: Rule = (node, inputs) => {
  const { shape } = need(inputs, 0);
  const order = node.integers('perm') ?? [...shape.keys()].reverse();
  if (order.length !== shape.length || new Set(order).size !== shape.length)
    throw new Error('axes in no order');
  return [shaped(order.map((axis) => shape[axisOf(axis, shape.length)] ?? 0))];
};

/** Y = A' B' + C of two matrices. */
export const gemm: Rule = (node, inputs) => {
  const [a, b] = [need(inputs, 0).shape, need(inputs, 1).shape];
  if (a.length !== 2 || b.length !== 2) throw new Error('no matrices');
  const [rows = 0, inner = 0] = node.integer('transA', 0) ? [...a].reverse() : a;
  const [same = 0, columns = 0] = node.integer('transB', 0) ? [...b].reverse() : b;
  if (inner !== same) throw new Error(`${inner} columns by ${same} rows`);
  return [shaped([rows, columns])];
};

export const matmul: Rule = (_, inputs) => {
  const [a, b] = [need(inputs, 0).shape, need(inputs, 1).shape];
  if (a.length < 2 || b.length < 2) throw new Unpredictable('a product with a vector');
  if (a.at(-1) !== b.at(-2)) throw new Error(`${a.at(-1)} columns by ${b.at(-2)} rows`);
  const stacks = a.length >= b.length ? a.slice(0, -2) : b.slice(0, -2);
  const others = a.length >= b.length ? b.slice(0, -2) : a.slice(0, -2);
  if (others.some((side, i) => side !== 1 && side !== stacks[stacks.length - others.length + i]))
    throw new Unpredictable('a product of stacks of different sizes');
  return [shaped([...stacks, a.at(-2) ?? 0, b.at(-1) ?? 0])];
};

export const split: Rule = (node, inputs) => {
  const { shape } = need(inputs, 0);
  const axis = axisOf(node.integer('axis', 0), shape.length);
  const side = shape[axis] ?? 0;
  const even = Math.ceil(side / Math.max(node.outputs.length, 1));
  const sizes =
    attributeOrInput(node, 'split', inputs, 1) ?? node.outputs.map((_, i) => Math.min(even, side - i * even));
  if (sizes.length !== node.outputs.length || sizes.reduce((sum, size) => sum + size, 0) !== side)
    throw new Error(`${side} split into ${sizes.join(', ')}`);
  return sizes.map((size) => shaped(shape.map((whole, i) => (i === axis ? size : whole))));
};
