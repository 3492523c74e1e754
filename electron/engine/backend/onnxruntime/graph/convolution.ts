import { gemm, matmul, reduce } from './reductions.ts';
import { capabilities } from './capabilities.ts';
import { add, mul } from './elementwise.ts';
import { concat, expand, reshape, reverse, slice, transpose, zeroPad } from './shaping.ts';
import type { Value } from './value.ts';
import { dim, record, scalar, sizeOf } from './value.ts';
import type { Window } from './windows.ts';
import {
  suitsWinograd,
  winogradConvolve,
  winogradFilterGradient,
  winogradInputGradient,
} from './winograd.ts';
import {
  asChannelsFirst,
  asChannelsLast,
  extents,
  fromChannelsFirst,
  kernelPositions,
  windowAttributes,
} from './windows.ts';

/** Above this many bytes the patches of a whole batch are not laid out at once. */
const MAX_PATCH_BYTES = 128 * 2 ** 20;
/** Above this many bytes the products of single images, which are added up, cost more than they save. */
const MAX_SUMMANDS_BYTES = 64 * 2 ** 20;
/** Below this many pixels, a product per image is too thin to be fast. */
const MIN_PIXELS_PER_PRODUCT = 256;

/** The spatial axes 0..n-1 of a filter [...spatial, in, out]. */
const filterAxes = (window: Window): number[] => window.kernel.map((_, axis) => axis);

/** [...spatial, in, out] to ONNX's [out, in, ...spatial]. */
function outFirst(filter: Value, window: Window): Value {
  const rank = window.kernel.length;
  return transpose(filter, [rank + 1, rank, ...filterAxes(window)]);
}

/** [...spatial, channels, multiplier] to ONNX's [channels * multiplier, 1, ...spatial]. */
function depthwiseOutFirst(filter: Value, window: Window): Value {
  const rank = window.kernel.length;
  const moved = transpose(filter, [rank, rank + 1, ...filterAxes(window)]);
  return reshape(moved, [dim(moved.shape, 0) * dim(moved.shape, 1), 1, ...window.kernel]);
}

function correlate(x: Value, weights: Value, window: Window, group: number): Value {
  const shape = [dim(x.shape, 0), dim(weights.shape, 0), ...window.output];
  const [filter, seen] = forgetsEndPadding(window) ? enlarged(weights, window) : [weights, window];
  return record('Conv', [x, filter], { ...windowAttributes(seen), group }, 'float32', shape);
}

/** WebGPU takes a kernel as large as its input for a matrix product, whatever the padding after the input. */
function forgetsEndPadding({ kernel, input, before, after }: Window): boolean {
  if (!capabilities().webgpuFaults || before.some((padding) => padding !== 0)) return false;
  const covers = kernel.every((length, axis) => length === dim(input, axis));
  return covers && after.some((padding) => padding !== 0);
}

/** The same convolution with a kernel that is one row of zeros longer. (A Pad of the input would be fused.) */
function enlarged(weights: Value, window: Window): [Value, Window] {
  const longer = ([first = 0, ...others]: readonly number[]): number[] => [first + 1, ...others];
  const row = weights.shape.map((length, axis) => (axis === 2 ? 1 : length));
  const filter = concat([weights, expand(scalar('float32', 0), row)], 2);
  return [filter, { ...window, kernel: longer(window.kernel), after: longer(window.after) }];
}

/** A frozen filter is part of the compiled graph, where ONNX Runtime's blocked convolutions are best. */
function isFrozen(filter: Value): boolean {
  const stored = filter.node?.op === 'Reshape' ? filter.node.inputs[0] : filter;
  return Boolean(stored?.baked);
}

/** Whether the convolution looks at single pixels of a channels-last image: then it is a matrix product as it lies. */
function isPointwise(window: Window): boolean {
  const alone =
    window.kernel.every((length) => length === 1) && window.strides.every((stride) => stride === 1);
  return (
    alone && window.channelsLast && [...window.before, ...window.after].every((padding) => padding === 0)
  );
}

/** Every pixel's channels times the matrix of a 1x1 filter [1, 1, in, out], or its transpose. */
function multiplyPixels(x: Value, filter: Value, transposed: boolean): Value {
  const matrix = reshape(filter, filter.shape.slice(-2));
  const pixels = reshape(x, [sizeOf(x.shape.slice(0, -1)), dim(x.shape, -1)]);
  const channels = dim(matrix.shape, transposed ? 0 : 1);
  return reshape(gemm(pixels, matrix, false, transposed), [...x.shape.slice(0, -1), channels]);
}

/** Convolution of `x` with a filter [...spatial, in, out]. */
export function convolve(x: Value, filter: Value, window: Window): Value {
  const single = dim(filter.shape, -2) === dim(x.shape, -1);
  if (single && isPointwise(window) && !isFrozen(filter)) return multiplyPixels(x, filter, false);
  if (single && suitsWinograd(window, dim(x.shape, -1), dim(filter.shape, -1), isFrozen(filter))) {
    return winogradConvolve(x, filter, window);
  }
  const channelsFirst = asChannelsFirst(x, window);
  const group = dim(channelsFirst.shape, 1) / dim(filter.shape, -2);
  return fromChannelsFirst(correlate(channelsFirst, outFirst(filter, window), window, group), window);
}

/** Depthwise convolution with a filter [...spatial, channels, multiplier]. */
export function convolveDepthwise(x: Value, filter: Value, window: Window): Value {
  const result = correlate(
    asChannelsFirst(x, window),
    depthwiseOutFirst(filter, window),
    window,
    dim(filter.shape, -2),
  );
  return fromChannelsFirst(result, window);
}

/**
 * The window by which the gradient of a stride-1 convolution is itself a convolution of `dy` with the
 * kernel turned around; null where paddings or strides forbid it.
 */
function turnedWindow(window: Window): Window | null {
  if (window.strides.some((stride) => stride !== 1)) return null;
  const before = extents(window).map((extent, axis) => extent - 1 - dim(window.before, axis));
  const after = extents(window).map(
    (extent, axis) => dim(window.input, axis) - dim(window.output, axis) - dim(before, axis) + extent - 1,
  );
  if ([...before, ...after].some((padding) => padding < 0)) return null;
  return { ...window, before, after, input: window.output, output: window.input };
}

function transposedConvolution(
  dy: Value,
  weights: Value,
  window: Window,
  group: number,
  channels: number,
): Value {
  const outputPadding = extents(window).map(
    (extent, axis) =>
      dim(window.input, axis) -
      ((dim(window.output, axis) - 1) * dim(window.strides, axis) +
        extent -
        dim(window.before, axis) -
        dim(window.after, axis)),
  );
  const attributes = { ...windowAttributes(window), group, output_padding: outputPadding };
  const shape = [dim(dy.shape, 0), channels, ...window.input];
  return record('ConvTranspose', [dy, weights], attributes, 'float32', shape);
}

/** Gradient with respect to the input: dy [batch, ...output, out], filter [...spatial, in, out]. */
export function convolutionInputGradient(dy: Value, filter: Value, window: Window): Value {
  if (isPointwise(window) && !isFrozen(filter)) return multiplyPixels(dy, filter, true);
  const upstream = asChannelsFirst(dy, window);
  const turned = turnedWindow(window);
  const rank = window.kernel.length;
  if (!turned) {
    const result = transposedConvolution(
      upstream,
      outFirst(filter, window),
      window,
      1,
      dim(filter.shape, -2),
    );
    return fromChannelsFirst(result, window);
  }
  if (suitsWinograd(turned, dim(filter.shape, -1), dim(filter.shape, -2), isFrozen(filter))) {
    return winogradInputGradient(dy, filter, turned);
  }
  const flipped = transpose(reverse(filter, filterAxes(window)), [rank, rank + 1, ...filterAxes(window)]);
  return fromChannelsFirst(correlate(upstream, flipped, turned, 1), window);
}

/** Transposed depthwise convolution; where WebGPU computes, one for each multiple of the channels, added up. */
function depthwiseTransposed(dy: Value, weights: Value, window: Window, channels: number): Value {
  const parts = capabilities().webgpuFaults ? dim(weights.shape, 0) / channels : 1;
  const products = Array.from({ length: parts }, (_, start) => {
    const size = dim(weights.shape, 0) / parts;
    const upstream = slice(dy, [{ axis: 1, start, size, step: parts }]);
    const filter = slice(weights, [{ axis: 0, start, size, step: parts }]);
    return transposedConvolution(upstream, filter, window, channels, channels);
  });
  return products.reduce((sum, product) => add(sum, product));
}

/** Gradient of a depthwise convolution with respect to the input. */
export function depthwiseInputGradient(dy: Value, filter: Value, window: Window): Value {
  const upstream = asChannelsFirst(dy, window);
  const turned = turnedWindow(window);
  const rank = window.kernel.length;
  const channels = dim(filter.shape, -2);
  if (!turned) {
    const weights = depthwiseOutFirst(filter, window);
    return fromChannelsFirst(depthwiseTransposed(upstream, weights, window, channels), window);
  }
  const flipped = transpose(reverse(filter, filterAxes(window)), [rank, rank + 1, ...filterAxes(window)]);
  return fromChannelsFirst(correlate(upstream, flipped, turned, channels), window);
}

/**
 * What of `x` each position of the kernel sees: [batch, ...output, channels] per position where the spatial
 * axes start at 1, [batch, channels, ...output] where they start at 2.
 */
function patches(x: Value, window: Window, firstSpatialAxis: 1 | 2): Value[] {
  const surround = (amounts: readonly number[]): number[] =>
    firstSpatialAxis === 1 ? [0, ...amounts, 0] : [0, 0, ...amounts];
  const padded = zeroPad(x, surround(window.before), surround(window.after));
  return kernelPositions(window.kernel).map((position) =>
    slice(
      padded,
      position.map((offset, axis) => ({
        axis: axis + firstSpatialAxis,
        start: offset * dim(window.dilations, axis),
        size: dim(window.output, axis),
        step: dim(window.strides, axis),
      })),
    ),
  );
}

const bytesOf = (...lengths: number[]): number => sizeOf(lengths) * Float32Array.BYTES_PER_ELEMENT;

/**
 * Gradient with respect to the filter [...spatial, in, out]: a matrix product of patches and `dy`. Measured on
 * AVX-512, one product per image, summed, is fastest as long as the products are small; large filters take one
 * product per kernel position over the whole batch.
 */
export function convolutionFilterGradient(
  x: Value,
  dy: Value,
  window: Window,
  filterShape: readonly number[],
): Value {
  if (suitsWinograd(window, dim(filterShape, -2), dim(filterShape, -1), false)) {
    return reshape(winogradFilterGradient(x, dy, window), filterShape);
  }
  const summands = bytesOf(dim(dy.shape, 0), ...filterShape);
  const perImage = summands <= MAX_SUMMANDS_BYTES && sizeOf(window.output) >= MIN_PIXELS_PER_PRODUCT;
  const gradient = perImage ? productPerImage : productPerPosition;
  return reshape(gradient(x, dy, window), filterShape);
}

/** [positions * in, out] from [batch, positions * in, pixels] times [batch, pixels, out]. */
function productPerImage(x: Value, dy: Value, window: Window): Value {
  const upstream = asChannelsLast(dy, window);
  const input = asChannelsFirst(x, window);
  const [batch, channels, pixels] = [dim(input.shape, 0), dim(input.shape, 1), sizeOf(window.output)];
  const gradients = reshape(upstream, [batch, pixels, dim(upstream.shape, -1)]);
  const seen = patches(input, window, 2);
  const multiply = (columns: Value): Value => {
    const rows = reshape(columns, [batch, dim(columns.shape, 1), pixels]);
    return reduce('ReduceSum', matmul(rows, gradients, [batch]), [0], false);
  };
  if (bytesOf(batch, seen.length, channels, pixels) <= MAX_PATCH_BYTES) return multiply(concat(seen, 1));
  return concat(seen.map(multiply), 0);
}

/** [positions * in, out], each position [in, batch * pixels] times [batch * pixels, out]. */
function productPerPosition(x: Value, dy: Value, window: Window): Value {
  const input = asChannelsLast(x, window);
  const upstream = asChannelsLast(dy, window);
  const rows = sizeOf(upstream.shape.slice(0, -1));
  const gradients = reshape(upstream, [rows, dim(upstream.shape, -1)]);
  const products = patches(input, window, 1).map((patch) =>
    gemm(reshape(patch, [rows, dim(input.shape, -1)]), gradients, true, false),
  );
  return concat(products, 0);
}

/** Gradient of a depthwise convolution with respect to its filter [...spatial, channels, multiplier]. */
export function depthwiseFilterGradient(
  x: Value,
  dy: Value,
  window: Window,
  filterShape: readonly number[],
): Value {
  const [channels, multiplier] = [dim(filterShape, -2), dim(filterShape, -1)];
  const upstream = asChannelsLast(dy, window);
  const leading = upstream.shape.slice(0, -1);
  const gradients = reshape(upstream, [...leading, channels, multiplier]);
  const summed = leading.map((_, axis) => axis);
  const perPosition = patches(asChannelsLast(x, window), window, 1).map((patch) => {
    const weighted = mul(reshape(patch, [...leading, channels, 1]), gradients);
    return reshape(reduce('ReduceSum', weighted, summed, false), [1, channels * multiplier]);
  });
  return reshape(concat(perPosition, 0), filterShape);
}
