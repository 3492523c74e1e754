/** Kernels that pick or place elements by index. */
import type { DataType, KernelConfig } from '@tensorflow/tfjs-core';
import { backend_util, gather_util, scatter_util, util } from '@tensorflow/tfjs-core';
import { elementType } from '../backend.ts';
import { cast, compare, mul, where } from '../graph/elementwise.ts';
import { reduce } from '../graph/reductions.ts';
import { expand, gather, reshape, slice } from '../graph/shaping.ts';
import type { Value } from '../graph/value.ts';
import { dim, integers, known, literal, record, recordAll, scalar, sizeOf } from '../graph/value.ts';
import type { Named } from './lower.ts';
import { asTensorInfo, lower } from './lower.ts';

/**
 * Adds (or writes) rows of `updates` [n, size] into `base` [rows, size] at the row numbers given.
 * ScatterElements walks in order, so that repeated rows add up to the same bits every time.
 */
function scatterRows(base: Value, rows: Value, updates: Value, reduction: 'add' | 'none'): Value {
  const indices = expand(reshape(cast(rows, 'int64'), [dim(updates.shape, 0), 1]), updates.shape);
  return record('ScatterElements', [base, indices, updates], { axis: 0, reduction }, base.type, base.shape);
}

/** Index tuples [n, depth] as numbers of rows of a tensor whose first axes have the lengths `shape`. */
function rowNumbers(indices: Value, shape: readonly number[]): Value {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  return reduce('ReduceSum', mul(indices, literal('int32', [strides.length], strides)), [1], false);
}

/** Scatters slices into `base`: `indices` hold tuples that name its first axes, `updates` what goes there. */
function scatterSlices(base: Value, indices: Value, updates: Value, reduction: 'add' | 'none'): Value {
  const { sliceRank, numUpdates, sliceSize } = scatter_util.calculateShapes(
    asTensorInfo(updates),
    asTensorInfo(indices),
    [...base.shape],
  );
  const leading = base.shape.slice(0, sliceRank);
  const rows = rowNumbers(reshape(indices, [numUpdates, sliceRank]), leading);
  // A scalar update is written at every index.
  const shape = [numUpdates, sliceSize];
  const spread = updates.shape.length === 0 ? expand(updates, shape) : reshape(updates, shape);
  const flat = scatterRows(reshape(base, [sizeOf(leading), sliceSize]), rows, spread, reduction);
  return reshape(flat, base.shape);
}

const scatterNd = lower<Named<'indices' | 'updates'>, { shape: number[] }>(
  'ScatterNd',
  ({ indices, updates }, { shape }) =>
    shape.includes(0) || updates.type === 'bool'
      ? null
      : scatterSlices(expand(scalar(updates.type, 0), shape), indices, updates, 'add'),
);

const tensorScatterUpdate = lower<Named<'tensor' | 'indices' | 'updates'>>(
  'TensorScatterUpdate',
  ({ tensor, indices, updates }) =>
    tensor.type === 'bool' ? null : scatterSlices(tensor, indices, updates, 'none'),
);

/** Sums of the rows of `x` that share a segment; rows of no segment go to one more row, which is dropped. */
const unsortedSegmentSum = lower<Named<'x' | 'segmentIds'>, { numSegments: number }>(
  'UnsortedSegmentSum',
  ({ x, segmentIds }, { numSegments }) => {
    if (numSegments === 0) return null;
    const count = sizeOf(segmentIds.shape);
    const rest = x.shape.slice(segmentIds.shape.length);
    const summands = reshape(x.type === 'bool' ? cast(x, 'int32') : x, [count, sizeOf(rest)]);
    const last = scalar('int32', numSegments);
    const ids = reshape(segmentIds, [count]);
    const below = where(compare('Less', ids, scalar('int32', 0)), last, ids);
    const rows = where(compare('Greater', below, last), last, below);
    const zeros = expand(scalar(summands.type, 0), [numSegments + 1, sizeOf(rest)]);
    const sums = scatterRows(zeros, rows, summands, 'add');
    return reshape(slice(sums, [{ axis: 0, start: 0, size: numSegments }]), [numSegments, ...rest]);
  },
);

/** Indices whose numbers are known while recording are checked at once, as tfjs does. */
function assertWithin(indices: Value, length: number): void {
  if (!indices.data) return;
  for (const index of indices.data) {
    util.assert(
      index >= 0 && index < length,
      () => `GatherV2: the index value ${index} is not in [0, ${length - 1}]`,
    );
  }
}

const gatherKernel = lower<Named<'x' | 'indices'>, { axis: number; batchDims: number }>(
  'GatherV2',
  ({ x, indices }, { axis, batchDims }) => {
    if (batchDims !== 0 || axis < 0) return null;
    assertWithin(indices, dim(x.shape, axis));
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      asTensorInfo(x),
      asTensorInfo(indices),
      axis,
      batchDims,
    );
    return reshape(gather(x, cast(indices, 'int32'), axis), info.outputShape);
  },
);

const gatherNd = lower<Named<'params' | 'indices'>>('GatherNd', ({ params, indices }) => {
  const [shape] = gather_util.prepareAndValidate(asTensorInfo(params), asTensorInfo(indices));
  return record('GatherND', [params, cast(indices, 'int64')], {}, params.type, shape);
});

interface OneHotAttributes {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: DataType;
}

/** Compared with 0, 1, ...: an index outside the depth lights nothing, as tfjs has it. */
const oneHot = lower<Named<'indices'>, OneHotAttributes>(
  'OneHot',
  ({ indices }, { depth, onValue, offValue, dtype }) => {
    const type = elementType(dtype);
    const classes = literal(
      'int32',
      [depth],
      Array.from({ length: depth }, (_, index) => index),
    );
    const lit = compare('Equal', reshape(cast(indices, 'int32'), [...indices.shape, 1]), classes);
    return where(lit, scalar(type, onValue), scalar(type, offValue));
  },
);

const topK = lower<Named<'x'>, { k: number; sorted: boolean }>('TopK', ({ x }, { k }) => {
  if (k === 0 || x.type === 'bool') return null;
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = recordAll('TopK', [x, integers([k])], { axis: -1, largest: 1, sorted: 1 }, [
    { type: x.type, shape },
    { type: 'int64', shape },
  ]);
  return values && indices ? [values, cast(indices, 'int32')] : null;
});

interface FillAttributes {
  readonly shape: number[];
  readonly value: number | string;
  readonly dtype?: DataType;
}

/** The number is fed, not compiled in: it may be another one at the next step. */
const fill = lower<object, FillAttributes>('Fill', (_inputs, { shape, value, dtype }) => {
  if (typeof value === 'string' || shape.includes(0) || dtype === 'complex64') return null;
  const type = elementType(dtype ?? 'float32');
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, int64: Int32Array };
  return expand(known(type, [], arrays[type].of(value)), shape);
});

export const indexingKernels: KernelConfig[] = [
  scatterNd,
  tensorScatterUpdate,
  unsortedSegmentSum,
  gatherKernel,
  gatherNd,
  oneHot,
  topK,
  fill,
];
