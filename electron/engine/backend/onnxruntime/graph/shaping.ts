import { capabilities } from './capabilities.ts';
import { where } from './elementwise.ts';
import type { Value } from './value.ts';
import { dim, integers, record, recordAll, sameShape, scalar, sizeOf } from './value.ts';

export function reshape(x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape)) {
    throw new Error(`Cannot reshape [${x.shape.join(', ')}] to [${shape.join(', ')}].`);
  }
  const source = x.node?.op === 'Reshape' ? x.node.inputs[0] : null;
  if (source) return reshape(source, shape);
  return record('Reshape', [x, integers(shape)], {}, x.type, shape);
}

const transposed = new WeakMap<Value, Map<string, Value>>();

/**
 * Axes in the order `perm`. Transposes of transposes are composed, and a value is transposed once:
 * NHWC kernels around NCHW operators ask for the same few layouts again and again.
 */
export function transpose(x: Value, perm: readonly number[]): Value {
  if (perm.every((axis, position) => axis === position)) return x;
  const inner = x.node?.op === 'Transpose' ? x.node : null;
  const source = inner?.inputs[0];
  const innerPerm = inner?.attributes['perm'];
  if (source && Array.isArray(innerPerm)) {
    return transpose(
      source,
      perm.map((axis) => dim(innerPerm as number[], axis)),
    );
  }
  const known = transposed.get(x) ?? new Map<string, Value>();
  transposed.set(x, known);
  const key = perm.join();
  const before = known.get(key);
  if (before && before.node !== null) return before;
  const shape = perm.map((axis) => dim(x.shape, axis));
  const result = record('Transpose', [x], { perm }, x.type, shape);
  known.set(key, result);
  return result;
}

export function expand(x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  return record('Expand', [x, integers(shape)], {}, x.type, shape);
}

export function concat(values: readonly Value[], axis: number): Value {
  const [head] = values;
  if (head === undefined) throw new Error('Nothing to concatenate.');
  if (values.length === 1) return head;
  const total = values.reduce((sum, value) => sum + dim(value.shape, axis), 0);
  const shape = head.shape.map((length, position) => (position === axis ? total : length));
  return record('Concat', values, { axis }, head.type, shape);
}

export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  /** How many elements to take. */
  readonly size: number;
  readonly step?: number;
}

const isPartlyBackward = ({ axis, start, step = 1 }: SliceRange, x: Value): boolean =>
  step < 0 && start !== dim(x.shape, axis) - 1;

/** The same elements in the other order. */
const turnedRound = ({ axis, start, size, step = 1 }: SliceRange): SliceRange => ({
  axis,
  start: start + (size - 1) * step,
  size,
  step: -step,
});

/** Takes `size` elements from `start` along each given axis; a negative step walks backwards. */
export function slice(x: Value, ranges: readonly SliceRange[]): Value {
  const partial = ranges.filter(({ axis, size, step }) => size !== x.shape[axis] || (step ?? 1) !== 1);
  if (partial.length === 0) return x;
  const backward = capabilities().webgpuFaults ? partial.filter((range) => isPartlyBackward(range, x)) : [];
  if (backward.length > 0) {
    const forward = partial.map((range) => (backward.includes(range) ? turnedRound(range) : range));
    return reverse(
      slice(x, forward),
      backward.map(({ axis }) => axis),
    );
  }
  const shape = [...x.shape];
  for (const { axis, size } of partial) shape[axis] = size;
  const ends = partial.map(({ start, size, step = 1 }) => {
    const end = start + size * step;
    // One before the first element can only be written as a number below -length.
    return end < 0 ? Number.MIN_SAFE_INTEGER : end;
  });
  const inputs = [
    x,
    integers(partial.map((range) => range.start)),
    integers(ends),
    integers(partial.map((range) => range.axis)),
    integers(partial.map((range) => range.step ?? 1)),
  ];
  return record('Slice', inputs, {}, x.type, shape);
}

/** Reverses the order of elements along the axes. */
export function reverse(x: Value, axes: readonly number[]): Value {
  return slice(
    x,
    axes.map((axis) => ({ axis, start: dim(x.shape, axis) - 1, size: dim(x.shape, axis), step: -1 })),
  );
}

/** Pads with `fill`, or by reflection; `before` and `after` hold one number per axis. */
export function pad(
  x: Value,
  before: readonly number[],
  after: readonly number[],
  fill: Value,
  mode: 'constant' | 'reflect' = 'constant',
): Value {
  if ([...before, ...after].every((amount) => amount === 0)) return x;
  const shape = x.shape.map((length, axis) => length + dim(before, axis) + dim(after, axis));
  const inputs = [x, integers([...before, ...after]), ...(mode === 'constant' ? [fill] : [])];
  return record('Pad', inputs, { mode }, x.type, shape);
}

export const zeroPad = (x: Value, before: readonly number[], after: readonly number[]): Value =>
  pad(x, before, after, scalar(x.type, 0));

export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const outputs = sizes.map((size) => ({
    type: x.type,
    shape: x.shape.map((length, position) => (position === axis ? size : length)),
  }));
  return recordAll('Split', [x, integers(sizes)], { axis }, outputs);
}

/** Rows of `x` along `axis`, chosen by `indices` of any rank; they replace the axis. */
export function gather(x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return record('Gather', [x, indices], { axis }, x.type, shape);
}

/** Indices outside [0, size) clamped into it, as ONNX Runtime rejects what tfjs lets pass. */
export function clampIndices(indices: Value, size: number): Value {
  const low = scalar(indices.type, 0);
  const high = scalar(indices.type, size - 1);
  const raised = where(record('Less', [indices, low], {}, 'bool', indices.shape), low, indices);
  return where(record('Greater', [raised, high], {}, 'bool', indices.shape), high, raised);
}
