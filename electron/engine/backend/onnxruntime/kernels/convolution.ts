import type { KernelConfig } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  convolveDepthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
} from '../graph/convolution.ts';
import { cast } from '../graph/elementwise.ts';
import { reshape } from '../graph/shaping.ts';
import type { Value } from '../graph/value.ts';
import { sameShape } from '../graph/value.ts';
import type { Window } from '../graph/windows.ts';
import { window2d, window3d } from '../graph/windows.ts';
import { activate } from './activation.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];
type Padding = 'valid' | 'same' | number | backend_util.ExplicitPadding;
type Rounding = 'floor' | 'round' | 'ceil';

interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: Padding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: Rounding;
}

interface Fused {
  readonly activation?: string | null;
  readonly leakyreluAlpha?: number;
}

function conv2dWindow(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes,
  depthwise: boolean,
): Window {
  const format = backend_util.convertConv2DDataFormat(attributes.dataFormat ?? 'NHWC');
  const info = backend_util.computeConv2DInfo(
    input as Shape4,
    filter as Shape4,
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
    attributes.dimRoundingMode,
    depthwise,
    format,
  );
  return window2d(info);
}

type ConvInputs = Named<'x' | 'filter'> & Partial<Named<'bias' | 'preluActivationWeights'>>;

const float = (x: Value): Value => cast(x, 'float32');

/** A bias or slope per channel, shaped to stand along the channels of the result's layout. */
function perChannel(vector: Value | undefined, { channelsLast, kernel }: Window): Value | undefined {
  if (!vector || channelsLast || vector.shape.length !== 1) return vector;
  return reshape(vector, [...vector.shape, ...kernel.map(() => 1)]);
}

function epilogue(result: Value, inputs: ConvInputs, attributes: Fused, window: Window): Value {
  return activate(result, {
    bias: perChannel(inputs.bias, window),
    activation: attributes.activation,
    preluWeights: perChannel(inputs.preluActivationWeights, window),
    leakyAlpha: attributes.leakyreluAlpha,
  });
}

const forward2d = (kernelName: string): KernelConfig =>
  lower<ConvInputs, ConvAttributes & Fused>(kernelName, (inputs, attributes) => {
    const window = conv2dWindow(inputs.x.shape, inputs.filter.shape, attributes, false);
    return epilogue(convolve(float(inputs.x), inputs.filter, window), inputs, attributes, window);
  });

const depthwiseForward = (kernelName: string): KernelConfig =>
  lower<ConvInputs, ConvAttributes & Fused>(kernelName, (inputs, attributes) => {
    const window = conv2dWindow(inputs.x.shape, inputs.filter.shape, attributes, true);
    return epilogue(convolveDepthwise(float(inputs.x), inputs.filter, window), inputs, attributes, window);
  });

interface Conv3dAttributes {
  readonly strides: [number, number, number] | number;
  readonly pad: 'valid' | 'same';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
  readonly dilations?: [number, number, number] | number;
}

function conv3dWindow(
  input: readonly number[],
  filter: readonly number[],
  attributes: Conv3dAttributes,
): Window {
  const { strides, pad, dilations = 1 } = attributes;
  return window3d(backend_util.computeConv3DInfo(input as Shape5, filter as Shape5, strides, dilations, pad));
}

export const convolutionKernels: KernelConfig[] = [
  forward2d('Conv2D'),
  forward2d('FusedConv2D'),
  depthwiseForward('DepthwiseConv2dNative'),
  depthwiseForward('FusedDepthwiseConv2D'),
  lower<Named<'dy' | 'filter'>, ConvAttributes & { inputShape: number[] }>(
    'Conv2DBackpropInput',
    ({ dy, filter }, attributes) => {
      const window = conv2dWindow(attributes.inputShape, filter.shape, attributes, false);
      const upstream = window.channelsLast ? dy.shape.slice(1, -1) : dy.shape.slice(2);
      // tfjs lets a transposed convolution have an output its window does not lead to.
      return sameShape(upstream, window.output) ? convolutionInputGradient(dy, filter, window) : null;
    },
  ),
  lower<Named<'x' | 'dy'>, ConvAttributes & { filterShape: number[] }>(
    'Conv2DBackpropFilter',
    ({ x, dy }, attributes) => {
      const window = conv2dWindow(x.shape, attributes.filterShape, attributes, false);
      return convolutionFilterGradient(float(x), dy, window, attributes.filterShape);
    },
  ),
  lower<Named<'dy' | 'filter'>, ConvAttributes & { inputShape: number[] }>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ dy, filter }, attributes) =>
      depthwiseInputGradient(dy, filter, conv2dWindow(attributes.inputShape, filter.shape, attributes, true)),
  ),
  lower<Named<'x' | 'dy'>, ConvAttributes & { filterShape: number[] }>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ x, dy }, attributes) => {
      const window = conv2dWindow(x.shape, attributes.filterShape, attributes, true);
      return depthwiseFilterGradient(float(x), dy, window, attributes.filterShape);
    },
  ),
  lower<Named<'x' | 'filter'>, Conv3dAttributes>('Conv3D', ({ x, filter }, attributes) =>
    convolve(float(x), filter, conv3dWindow(x.shape, filter.shape, attributes)),
  ),
  lower<Named<'dy' | 'filter'>, Conv3dAttributes & { inputShape: number[] }>(
    'Conv3DBackpropInputV2',
    ({ dy, filter }, attributes) =>
      convolutionInputGradient(dy, filter, conv3dWindow(attributes.inputShape, filter.shape, attributes)),
  ),
  lower<Named<'x' | 'dy'>, Conv3dAttributes & { filterShape: number[] }>(
    'Conv3DBackpropFilterV2',
    ({ x, dy }, attributes) => {
      const window = conv3dWindow(x.shape, attributes.filterShape, attributes);
      return convolutionFilterGradient(float(x), dy, window, attributes.filterShape);
    },
  ),
];
