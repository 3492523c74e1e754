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

const float = (x: Value): Value => cast(x, 'float32');

function family<Attributes>(suffix: string, windowOf: WindowOf<Attributes>): KernelConfig[] {
  return [
    lower<Named<'x'>, Attributes>(`MaxPool${suffix}`, ({ x }, attributes) =>
      cast(maxPool(float(x), windowOf(x.shape, attributes)), x.type),
    ),
    lower<Named<'dy' | 'input' | 'output'>, Attributes>(
      `MaxPool${suffix}Grad`,
      ({ dy, input, output }, attributes) =>
        maxPoolGradient(dy, float(input), output, windowOf(input.shape, attributes)),
    ),
    lower<Named<'x'>, Attributes>(`AvgPool${suffix}`, ({ x }, attributes) =>
      averagePool(float(x), windowOf(x.shape, attributes)),
    ),
    lower<Named<'dy' | 'input'>, Attributes>(`AvgPool${suffix}Grad`, ({ dy, input }, attributes) =>
      averagePoolGradient(dy, windowOf(input.shape, attributes)),
    ),
  ];
}

export const poolingKernels: KernelConfig[] = [...family('', pool2d), ...family('3D', pool3d)];
