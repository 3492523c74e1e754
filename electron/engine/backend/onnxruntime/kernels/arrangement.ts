/** Kernels that move elements without computing on them. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';
import { concat, expand, pad, reshape, reverse, slice, split, transpose } from '../graph/shaping.ts';
import type { Value } from '../graph/value.ts';
import { dim, first, integers, record, scalar, sizeOf } from '../graph/value.ts';
import type { Named } from './lower.ts';
import { asTensorInfo, lower } from './lower.ts';

const axisOf = (axis: number, shape: readonly number[]): number => {
  const [only] = util.parseAxisParam(axis, [...shape]);
  if (only === undefined) throw new Error(`Axis ${axis} is not one of a tensor of rank ${shape.length}.`);
  return only;
};

const concatKernel = lower<readonly Value[], { axis: number }>('Concat', (values, { axis }) => {
  const position = axisOf(axis, first(values).shape);
  backend_util.assertParamsConsistent(
    values.map((value) => [...value.shape]),
    position,
  );
  return concat(values, position);
});

const pack = lower<readonly Value[], { axis: number }>('Pack', (values, { axis }) => {
  const { shape } = first(values);
  for (const value of values) {
    util.assertShapesMatch(
      [...shape],
      [...value.shape],
      'All tensors passed to stack must have matching shapes',
    );
    util.assert(
      value.type === first(values).type,
      () => 'All tensors passed to stack must have matching dtypes',
    );
  }
  const raised = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  return concat(
    values.map((value) => reshape(value, raised)),
    axis,
  );
});

const unpack = lower<Named<'value'>, { axis: number }>('Unpack', ({ value }, { axis }) => {
  const position = axis < 0 ? axis + value.shape.length : axis;
  const length = dim(value.shape, position);
  const lowered = value.shape.filter((_, other) => other !== position);
  const pieces = split(
    value,
    Array.from({ length }, () => 1),
    position,
  );
  return pieces.map((piece) => reshape(piece, lowered));
});

const splitKernel = lower<Named<'x'>, { numOrSizeSplits: number | number[]; axis: number }>(
  'SplitV',
  ({ x }, { numOrSizeSplits, axis }) => {
    const position = axisOf(axis, x.shape);
    const sizes = backend_util.prepareSplitSize(asTensorInfo(x), numOrSizeSplits, position);
    return sizes.includes(0) ? null : split(x, sizes, position);
  },
);

const sliceKernel = lower<Named<'x'>, { begin: number | number[]; size: number | number[] }>(
  'Slice',
  ({ x }, attributes) => {
    const like = asTensorInfo(x);
    const [begin, size] = slice_util.parseSliceParams(like, attributes.begin, attributes.size);
    slice_util.assertParamsValid(like, begin as number[], size as number[]);
    if ((size as number[]).includes(0)) return null;
    return slice(
      x,
      (begin as number[]).map((start, axis) => ({ axis, start, size: dim(size as number[], axis) })),
    );
  },
);

interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

const stridedSlice = lower<Named<'x'>, StridedSliceAttributes>('StridedSlice', ({ x }, attributes) => {
  const info = slice_util.sliceInfo(
    [...x.shape],
    attributes.begin,
    attributes.end,
    attributes.strides,
    attributes.beginMask,
    attributes.endMask,
    attributes.ellipsisMask,
    attributes.newAxisMask,
    attributes.shrinkAxisMask,
  );
  if (info.finalShape.includes(0)) return null;
  const sizes = slice_util.computeOutShape(info.begin, info.end, info.strides);
  const ranges = info.begin.map((start, axis) => ({
    axis,
    start,
    size: dim(sizes, axis),
    step: dim(info.strides, axis),
  }));
  return reshape(slice(x, ranges), info.finalShape);
});

const padKernel = lower<Named<'x'>, { paddings: [number, number][]; constantValue: number }>(
  'PadV2',
  ({ x }, { paddings, constantValue }) =>
    pad(
      x,
      paddings.map(([before]) => before),
      paddings.map(([, after]) => after),
      scalar(x.type, constantValue),
    ),
);

const mirrorPad = lower<Named<'x'>, { paddings: [number, number][]; mode: 'reflect' | 'symmetric' }>(
  'MirrorPad',
  ({ x }, { paddings, mode }) =>
    mode === 'symmetric' || x.shape.length === 0
      ? null
      : pad(
          x,
          paddings.map(([before]) => before),
          paddings.map(([, after]) => after),
          scalar(x.type, 0),
          'reflect',
        ),
);

/** Repeating axes of length one is broadcasting, which later operators see through. */
const tile = lower<Named<'x'>, { reps: number[] }>('Tile', ({ x }, { reps }) => {
  const shape = x.shape.map((length, axis) => length * dim(reps, axis));
  if (shape.includes(0)) return null;
  if (x.shape.every((length, axis) => length === 1 || reps[axis] === 1)) return expand(x, shape);
  return record('Tile', [x, integers(reps)], {}, x.type, shape);
});

const reverseKernel = lower<Named<'x'>, { dims: number | number[] }>('Reverse', ({ x }, { dims }) =>
  reverse(x, util.parseAxisParam(dims, [...x.shape])),
);

interface BatchAttributes {
  readonly blockShape: number[];
  readonly crops: [number, number][];
  readonly paddings: [number, number][];
}

const batchToSpace = lower<Named<'x'>, BatchAttributes>('BatchToSpaceND', ({ x }, { blockShape, crops }) => {
  const block = sizeOf(blockShape);
  const reshaped = backend_util.getReshaped([...x.shape], blockShape, block);
  const permuted = backend_util.getPermuted(reshaped.length, blockShape.length);
  const flat = backend_util.getReshapedPermuted([...x.shape], blockShape, block);
  const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
  const size = backend_util.getSliceSize(flat, crops, blockShape.length);
  if (size.includes(0)) return null;
  const moved = reshape(transpose(reshape(x, reshaped), permuted), flat);
  return slice(
    moved,
    begin.map((start, axis) => ({ axis, start, size: dim(size, axis) })),
  );
});

const spaceToBatch = lower<Named<'x'>, BatchAttributes>(
  'SpaceToBatchND',
  ({ x }, { blockShape, paddings }) => {
    const block = sizeOf(blockShape);
    const all = [[0, 0], ...paddings] as [number, number][];
    while (all.length < x.shape.length) all.push([0, 0]);
    const padded = pad(
      x,
      all.map(([before]) => before),
      all.map(([, after]) => after),
      scalar(x.type, 0),
    );
    const reshaped = backend_util.getReshaped([...padded.shape], blockShape, block, false);
    const permuted = backend_util.getPermuted(reshaped.length, blockShape.length, false);
    const flat = backend_util.getReshapedPermuted([...padded.shape], blockShape, block, false);
    return reshape(transpose(reshape(padded, reshaped), permuted), flat);
  },
);

const depthToSpace = lower<Named<'x'>, { blockSize: number; dataFormat: string }>(
  'DepthToSpace',
  ({ x }, { blockSize, dataFormat }) => {
    if (dataFormat !== 'NHWC') return null;
    const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
    const depth = channels / blockSize ** 2;
    const parts = reshape(x, [batch, height, width, blockSize, blockSize, depth]);
    return reshape(transpose(parts, [0, 1, 3, 2, 4, 5]), [
      batch,
      height * blockSize,
      width * blockSize,
      depth,
    ]);
  },
);

export const arrangementKernels: KernelConfig[] = [
  concatKernel,
  pack,
  unpack,
  splitKernel,
  sliceKernel,
  stridedSlice,
  padKernel,
  mirrorPad,
  tile,
  reverseKernel,
  batchToSpace,
  spaceToBatch,
  depthToSpace,
  lower<Named<'x'>, { perm: number[] }>('Transpose', ({ x }, { perm }) => transpose(x, perm)),
  lower<Named<'image'>>('FlipLeftRight', ({ image }) => reverse(image, [2])),
  lower<Named<'x'>>('ZerosLike', ({ x }) => expand(scalar(x.type, 0), x.shape)),
  lower<Named<'x'>>('OnesLike', ({ x }) => expand(scalar(x.type, 1), x.shape)),
];
