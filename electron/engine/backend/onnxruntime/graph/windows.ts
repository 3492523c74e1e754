/**
 * Sliding windows (convolution, pooling) in any number of spatial dimensions. ONNX keeps channels first,
 * tfjs last; transposes are recorded on both sides and ONNX Runtime cancels them across the graph.
 */
import type { backend_util } from '@tensorflow/tfjs-core';
import { transpose } from './shaping.ts';
import type { Attributes, Value } from './value.ts';
import { dim } from './value.ts';

/** One entry per spatial dimension. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Lengths of what the window slides over, and of what comes out. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly channelsLast: boolean;
}

const extent = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** How many elements one step of the window covers, per dimension. */
export function extents({ kernel, dilations }: Window): number[] {
  return kernel.map((length, axis) => extent(length, dim(dilations, axis)));
}

/**
 * Padding after the input such that ONNX, which rounds down, arrives at tfjs's output length whatever
 * way tfjs rounded.
 */
function paddingAfter(window: Omit<Window, 'after'>): number[] {
  return window.output.map((length, axis) => {
    const covered =
      (length - 1) * dim(window.strides, axis) +
      extent(dim(window.kernel, axis), dim(window.dilations, axis));
    return Math.max(0, covered - dim(window.input, axis) - dim(window.before, axis));
  });
}

export function window2d(info: backend_util.Conv2DInfo): Window {
  const window = {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    channelsLast: info.dataFormat === 'channelsLast',
  };
  return { ...window, after: paddingAfter(window) };
}

export function window3d(info: backend_util.Conv3DInfo): Window {
  const window = {
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    channelsLast: info.dataFormat === 'channelsLast',
  };
  return { ...window, after: paddingAfter(window) };
}

/** The attributes ONNX gives convolutions and pools alike. */
export function windowAttributes(window: Window): Attributes {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    pads: [...window.before, ...window.after],
  };
}

/** [batch, ...spatial, channels] to [batch, channels, ...spatial]. */
export function toChannelsFirst(x: Value): Value {
  const rank = x.shape.length;
  return transpose(x, [0, rank - 1, ...spatialAxes(rank)]);
}

/** [batch, channels, ...spatial] to [batch, ...spatial, channels]. */
export function toChannelsLast(x: Value): Value {
  const rank = x.shape.length;
  return transpose(x, [0, ...spatialAxes(rank).map((axis) => axis + 1), 1]);
}

/** 1 .. rank - 2: the spatial axes of a channels-last tensor. */
function spatialAxes(rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, axis) => axis + 1);
}

/** A tensor of the window's own layout as channels first, and back. */
export const asChannelsFirst = (x: Value, window: Window): Value =>
  window.channelsLast ? toChannelsFirst(x) : x;
export const fromChannelsFirst = (x: Value, window: Window): Value =>
  window.channelsLast ? toChannelsLast(x) : x;
export const asChannelsLast = (x: Value, window: Window): Value =>
  window.channelsLast ? x : toChannelsLast(x);

/** Every position inside a kernel, last dimension fastest: the order of its elements in memory. */
export function kernelPositions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (positions, length) =>
      positions.flatMap((position) => Array.from({ length }, (_, index) => [...position, index])),
    [[]],
  );
}
