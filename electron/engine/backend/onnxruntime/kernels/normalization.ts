import type { KernelConfig } from '@tensorflow/tfjs-core';
import { add, div, like, mul, sub, unary } from '../graph/elementwise.ts';
import { expand } from '../graph/shaping.ts';
import type { Value } from '../graph/value.ts';
import { dim, record, scalar } from '../graph/value.ts';
import { toChannelsFirst, toChannelsLast } from '../graph/windows.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

type BatchNormInputs = Named<'x' | 'mean' | 'variance'> & Partial<Named<'scale' | 'offset'>>;

/** ONNX's own operator for stored statistics, one per channel: frozen ones fold into the convolution before. */
function perChannel({ x, mean, variance, scale, offset }: BatchNormInputs, epsilon: number): Value {
  const channels = [dim(x.shape, -1)];
  const input = toChannelsFirst(x);
  const inputs = [
    input,
    scale ?? expand(scalar('float32', 1), channels),
    offset ?? expand(scalar('float32', 0), channels),
    mean,
    variance,
  ];
  return toChannelsLast(
    record('BatchNormalization', inputs, { epsilon: { float: epsilon } }, 'float32', input.shape),
  );
}

/**
 * (x - mean) scale / sqrt(variance + epsilon) + offset, Ioffe and Szegedy (2015). In any layout; x - mean is shared
 * with the variance before it and the gradient after it.
 */
function elementwise({ x, mean, variance, scale, offset }: BatchNormInputs, epsilon: number): Value {
  const deviation = unary('Sqrt', add(variance, like(variance, epsilon)));
  const centred = sub(x, mean);
  const scaled = mul(centred, div(scale ?? like(deviation, 1), deviation));
  return offset ? add(scaled, offset) : scaled;
}

const batchNorm = lower<BatchNormInputs, { varianceEpsilon: number }>(
  'FusedBatchNorm',
  (inputs, { varianceEpsilon }) => {
    const { x, mean, variance, scale, offset } = inputs;
    const vectors = [mean, variance, scale, offset].every((value) => !value || value.shape.length === 1);
    const channels = [mean, variance, scale, offset].every(
      (value) => !value || value.shape[0] === x.shape.at(-1),
    );
    const stored = mean.node === null && variance.node === null;
    const fits = stored && vectors && channels && x.shape.length >= 2 && x.type === 'float32';
    return fits ? perChannel(inputs, varianceEpsilon) : elementwise(inputs, varianceEpsilon);
  },
);

interface LrnAttributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

const localResponse = lower<Named<'x'>, LrnAttributes>('LRN', ({ x }, { depthRadius, bias, alpha, beta }) => {
  const size = 2 * depthRadius + 1;
  const input = toChannelsFirst(x);
  // ONNX divides alpha by the window's size, tfjs does not.
  const attributes = { size, alpha: { float: alpha * size }, beta: { float: beta }, bias: { float: bias } };
  return toChannelsLast(record('LRN', [input], attributes, 'float32', input.shape));
});

export const normalizationKernels: KernelConfig[] = [batchNorm, localResponse];
