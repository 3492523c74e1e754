import type { KernelConfig } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { cast } from '../graph/elementwise.ts';
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from '../graph/pooling.ts';
import type { Value } from '../graph/value.ts';
import type { Window } from '../graph/windows.ts';
import { window2d, window3d } from '../graph/windows.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface Pool3dAttributes {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
}

type WindowOf<Attributes> = (shape: readonly number[], attributes: Attributes) => Window;

const pool2d: WindowOf<PoolAttributes> = (shape, { filterSize, strides, pad, dimRoundingMode }) =>
  window2d(
    backend_util.computePool2DInfo(
      shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    ),
  );

const pool3d: WindowOf<Pool3dAttributes> = (
  shape,
  { filterSize, strides, pad, dimRoundingMode, dataFormat },
) =>
  window3d(
    backend_util.computePool3DInfo(
      shape as [number, number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
      dataFormat,
    ),
  );

/** ONNX refuses windows that can lie entirely in the padding. */
const padsWithin = ({ kernel, before, after }: Window): boolean =>
  kernel.every((length, axis) => Math.max(before[axis] ?? 0, after[axis] ?? 0) < length);

const float = (x: Value): Value => cast(x, 'float32');

function family<Attributes>(suffix: string, windowOf: WindowOf<Attributes>): KernelConfig[] {
  const pool = <Name extends string>(
    name: string,
    input: (inputs: Named<Name>) => Value,
    lowering: (inputs: Named<Name>, window: Window) => Value,
  ): KernelConfig =>
    lower<Named<Name>, Attributes>(name, (inputs, attributes) => {
      const window = windowOf(input(inputs).shape, attributes);
      return padsWithin(window) ? lowering(inputs, window) : null;
    });
  return [
    pool<'x'>(
      `MaxPool${suffix}`,
      ({ x }) => x,
      ({ x }, window) => cast(maxPool(float(x), window), x.type),
    ),
    pool<'dy' | 'input' | 'output'>(
      `MaxPool${suffix}Grad`,
      ({ input }) => input,
      ({ dy, input, output }, window) => maxPoolGradient(dy, float(input), output, window),
    ),
    pool<'x'>(
      `AvgPool${suffix}`,
      ({ x }) => x,
      ({ x }, window) => averagePool(float(x), window),
    ),
    pool<'dy' | 'input'>(
      `AvgPool${suffix}Grad`,
      ({ input }) => input,
      ({ dy }, window) => averagePoolGradient(dy, window),
    ),
  ];
}

export const poolingKernels: KernelConfig[] = [...family('', pool2d), ...family('3D', pool3d)];
