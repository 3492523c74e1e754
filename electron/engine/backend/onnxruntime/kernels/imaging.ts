/** Resizing and warping images, [batch, height, width, channels]. */
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { add, cast, compare, div, like, mul, sub, where } from '../graph/elementwise.ts';
import { concat, expand, reshape, slice, transpose } from '../graph/shaping.ts';
import { matmul } from '../graph/reductions.ts';
import type { Value } from '../graph/value.ts';
import { dim, integers, known, record, scalar } from '../graph/value.ts';
import { toChannelsFirst, toChannelsLast } from '../graph/windows.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

type Method = 'linear' | 'nearest';

function coordinates({ alignCorners, halfPixelCenters }: ResizeAttributes): string {
  if (alignCorners) return 'align_corners';
  return halfPixelCenters ? 'half_pixel' : 'asymmetric';
}

/** tfjs rounds half up when corners are aligned; with half pixels, rounding half up is its floor of the shifted one. */
const nearestMode = ({ alignCorners, halfPixelCenters }: ResizeAttributes): string =>
  alignCorners || halfPixelCenters ? 'round_prefer_ceil' : 'floor';

function resize(images: Value, attributes: ResizeAttributes, mode: Method): Value {
  const input = toChannelsFirst(cast(images, 'float32'));
  const shape = [...input.shape.slice(0, 2), ...attributes.size];
  const settings = {
    mode,
    coordinate_transformation_mode: coordinates(attributes),
    ...(mode === 'nearest' ? { nearest_mode: nearestMode(attributes) } : {}),
  };
  return toChannelsLast(record('Resize', [input, null, null, integers(shape)], settings, 'float32', shape));
}

/** Where output element `index` lies in the input, in input elements. */
function sourceOf(
  index: number,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters ? (index + 0.5) * scale - 0.5 : index * scale;
}

/** Resizing along one axis as a matrix [to, from]: how much each input element weighs in each output element. */
function resizeMatrix(from: number, to: number, attributes: ResizeAttributes, method: Method): Value {
  const weights = new Float32Array(to * from);
  for (let index = 0; index < to; index++) {
    const source = sourceOf(index, from, to, attributes);
    const clamp = (position: number): number => Math.min(from - 1, Math.max(0, position));
    if (method === 'nearest') {
      const nearest =
        attributes.alignCorners || attributes.halfPixelCenters ? Math.round(source) : Math.floor(source);
      weights[index * from + clamp(nearest)] = 1;
      continue;
    }
    const low = Math.floor(Math.max(0, source));
    const fraction = Math.max(0, source) - low;
    const [first, second] = [index * from + clamp(low), index * from + clamp(low + 1)];
    weights[first] = (weights[first] ?? 0) + 1 - fraction;
    weights[second] = (weights[second] ?? 0) + fraction;
  }
  return known('float32', [to, from], weights);
}

/** Resizing is linear and separable, so its gradient is a product with the transposed matrix per axis. */
function resizeGradient(images: Value, dy: Value, attributes: ResizeAttributes, method: Method): Value {
  const [, height = 1, width = 1] = images.shape;
  const [, toHeight = 1, toWidth = 1] = dy.shape;
  const upstream = toChannelsFirst(dy);
  const batch = upstream.shape.slice(0, 2);
  const rows = transpose(resizeMatrix(height, toHeight, attributes, method), [1, 0]);
  const columns = resizeMatrix(width, toWidth, attributes, method);
  return toChannelsLast(matmul(matmul(rows, upstream, batch), columns, batch));
}

const resizing = (name: string, method: Method): KernelConfig[] => [
  lower<Named<'images'>, ResizeAttributes>(name, ({ images }, attributes) => {
    const resized = resize(images, attributes, method);
    return method === 'nearest' ? cast(resized, images.type) : resized;
  }),
  lower<Named<'images' | 'dy'>, Omit<ResizeAttributes, 'size'>>(`${name}Grad`, ({ images, dy }, attributes) =>
    resizeGradient(images, dy, { ...attributes, size: [dim(dy.shape, 1), dim(dy.shape, 2)] }, method),
  ),
];

interface TransformAttributes {
  readonly interpolation: 'nearest' | 'bilinear';
  readonly fillMode: 'constant' | 'reflect' | 'wrap' | 'nearest';
  readonly fillValue: number;
  readonly outputShape?: [number, number];
}

/** Homogeneous coordinates (x, y, 1) of every output pixel: [3, height * width]. */
function pixelGrid(height: number, width: number): Value {
  const count = height * width;
  const grid = new Float32Array(3 * count).fill(1);
  for (let index = 0; index < count; index++) {
    grid[index] = index % width;
    grid[count + index] = Math.floor(index / width);
  }
  return known('float32', [3, count], grid);
}

/** A position beyond the edge of every image, in GridSample's coordinates. */
const OUTSIDE = -4;

/** Source positions of every output pixel as GridSample wants them, -1 to 1 between the outer pixels' centres. */
function samplingGrid(
  transforms: Value,
  batch: number,
  output: readonly number[],
  input: readonly number[],
): Value {
  const count = dim(transforms.shape, 0);
  const last = expand(scalar('float32', 1), [count, 1]);
  const matrices = reshape(concat([transforms, last], 1), [count, 3, 3]);
  const points = matmul(matrices, pixelGrid(dim(output, 0), dim(output, 1)), [count]);
  const row = (index: number): Value => slice(points, [{ axis: 1, start: index, size: 1 }]);
  const projection = row(2);
  const infinite = compare('Equal', projection, like(projection, 0));
  const normalized = (position: Value, length: number): Value => {
    const scaled = sub(mul(div(position, projection), like(position, 2 / (length - 1))), like(position, 1));
    return where(infinite, like(position, OUTSIDE), scaled);
  };
  const grid = concat([normalized(row(0), dim(input, 1)), normalized(row(1), dim(input, 0))], 1);
  const shaped = reshape(transpose(grid, [0, 2, 1]), [count, ...output, 2]);
  return expand(shaped, [batch, ...output, 2]);
}

/** Per-image projective warps: the matrices are data, so augmentation never compiles anew. */
const transform = lower<Named<'image' | 'transforms'>, TransformAttributes>(
  'Transform',
  (inputs, attributes) => {
    const { fillMode, fillValue, interpolation } = attributes;
    const [batch = 1, height = 1, width = 1, channels = 1] = inputs.image.shape;
    if ((fillMode !== 'constant' && fillMode !== 'nearest') || height < 2 || width < 2) return null;
    const output = attributes.outputShape ?? [height, width];
    const image = toChannelsFirst(cast(inputs.image, 'float32'));
    const fill = like(image, fillMode === 'constant' ? fillValue : 0);
    const grid = samplingGrid(inputs.transforms, batch, output, [height, width]);
    const settings = {
      mode: interpolation === 'bilinear' ? 'linear' : 'nearest',
      padding_mode: fillMode === 'constant' ? 'zeros' : 'border',
      align_corners: 1,
    };
    const shifted = fillValue === 0 ? image : sub(image, fill);
    const sampled = record('GridSample', [shifted, grid], settings, 'float32', [batch, channels, ...output]);
    return toChannelsLast(fillValue === 0 ? sampled : add(sampled, fill));
  },
);

export const imagingKernels: KernelConfig[] = [
  ...resizing('ResizeBilinear', 'linear'),
  ...resizing('ResizeNearestNeighbor', 'nearest'),
  transform,
];
