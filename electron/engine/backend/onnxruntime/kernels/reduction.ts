import type { KernelConfig } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { broadcastShape, cast, like, unary, where } from '../graph/elementwise.ts';
import { argReduce, matmul, reduce, softmax } from '../graph/reductions.ts';
import { reshape, transpose } from '../graph/shaping.ts';
import type { ElementType, Value } from '../graph/value.ts';
import { dim, record, scalar } from '../graph/value.ts';
import { activate } from './activation.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

type Axes = number | readonly number[] | undefined;

interface ReduceAttributes {
  readonly axis?: Axes;
  /** What Max calls its axes. */
  readonly reductionIndices?: Axes;
  readonly keepDims: boolean;
}

const axesOf = (axis: Axes, x: Value): number[] =>
  util.parseAxisParam(axis as number | number[], [...x.shape]).sort((a, b) => a - b);

/** A kernel that folds axes away; `type` is the element type it computes in. */
function reduction(
  kernelName: string,
  op: string,
  type: (x: Value) => ElementType,
  result?: ElementType,
): KernelConfig {
  return lower<Named<'x'>, ReduceAttributes>(kernelName, ({ x }, { axis, reductionIndices, keepDims }) => {
    const reduced = reduce(op, cast(x, type(x)), axesOf(reductionIndices ?? axis, x), keepDims);
    return cast(reduced, result ?? reduced.type);
  });
}

/** ONNX Runtime's extremes pass over NaN; a diverged loss must show. */
function extreme(kernelName: string, op: string): KernelConfig {
  return lower<Named<'x'>, ReduceAttributes>(kernelName, ({ x }, { axis, reductionIndices, keepDims }) => {
    const axes = axesOf(reductionIndices ?? axis, x);
    const reduced = reduce(op, cast(x, own(x)), axes, keepDims);
    if (x.type !== 'float32') return reduced;
    const nans = reduce('ReduceMax', cast(unary('IsNaN', x, 'bool'), 'int32'), axes, keepDims);
    return where(cast(nans, 'bool'), like(reduced, NaN), reduced);
  });
}

const own = (x: Value): ElementType => (x.type === 'bool' ? 'int32' : x.type);
const float = (): ElementType => 'float32';
const whole = (): ElementType => 'int32';

/** tfjs passes over NaN here: it becomes what never wins. */
function withoutNan(x: Value, kernelName: 'ArgMax' | 'ArgMin'): Value {
  if (x.type !== 'float32') return x;
  return where(unary('IsNaN', x, 'bool'), like(x, kernelName === 'ArgMax' ? -Infinity : Infinity), x);
}

const argReduction = (kernelName: 'ArgMax' | 'ArgMin'): KernelConfig =>
  lower<Named<'x'>, { axis: Axes }>(kernelName, ({ x }, { axis }) => {
    const [only] = axesOf(axis, x);
    return only === undefined ? null : argReduce(kernelName, withoutNan(cast(x, own(x)), kernelName), only);
  });

interface CumulativeAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

const cumsum = lower<Named<'x'>, CumulativeAttributes>('Cumsum', ({ x }, { axis, exclusive, reverse }) =>
  record(
    'CumSum',
    [cast(x, own(x)), scalar('int64', axis)],
    { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 },
    own(x),
    x.shape,
  ),
);

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface FusedMatMulAttributes extends MatMulAttributes {
  readonly activation?: string | null;
  readonly leakyreluAlpha?: number;
}

/** The last two axes exchanged. */
function flipped(x: Value): Value {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => axis);
  return transpose(x, [...perm.slice(0, rank - 2), rank - 1, rank - 2]);
}

/** Rank 2 products become Gemm, which reads either side transposed without a pass over memory. */
function product(a: Value, b: Value, transA: boolean, transB: boolean): Value {
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcastShape(batchA, batchB);
  const [inner, other] = [dim(a.shape, transA ? -2 : -1), dim(b.shape, transB ? -1 : -2)];
  if (inner !== other) {
    const shapes = `${a.shape.join(',')} and ${b.shape.join(',')}`;
    throw new Error(
      `Inner dimensions (${inner}) and (${other}) of tensors with shapes ${shapes} must match.`,
    );
  }
  const single =
    a.type === 'float32' && b.type === 'float32' && [...batchA, ...batchB].every((length) => length === 1);
  if (!single) return matmul(transA ? flipped(a) : a, transB ? flipped(b) : b, batch);
  const rows = dim(a.shape, transA ? -1 : -2);
  const columns = dim(b.shape, transB ? -2 : -1);
  const result = record(
    'Gemm',
    [reshape(a, a.shape.slice(-2)), reshape(b, b.shape.slice(-2))],
    { transA: transA ? 1 : 0, transB: transB ? 1 : 0 },
    'float32',
    [rows, columns],
  );
  return reshape(result, [...batch, rows, columns]);
}

export const reductionKernels: KernelConfig[] = [
  reduction('Sum', 'ReduceSum', own),
  reduction('Mean', 'ReduceMean', float),
  extreme('Max', 'ReduceMax'),
  extreme('Min', 'ReduceMin'),
  reduction('Prod', 'ReduceProd', own),
  reduction('All', 'ReduceMin', whole, 'bool'),
  reduction('Any', 'ReduceMax', whole, 'bool'),
  argReduction('ArgMax'),
  argReduction('ArgMin'),
  cumsum,
  lower<Named<'logits'>, { dim: number }>('Softmax', ({ logits }, { dim: axis }) =>
    softmax('Softmax', cast(logits, 'float32'), axis),
  ),
  lower<Named<'logits'>, { axis: number }>('LogSoftmax', ({ logits }, { axis }) =>
    softmax('LogSoftmax', cast(logits, 'float32'), axis),
  ),
  lower<Named<'a' | 'b'>, MatMulAttributes>('BatchMatMul', ({ a, b }, { transposeA, transposeB }) =>
    product(a, b, transposeA, transposeB),
  ),
  lower<Named<'a' | 'b'> & Partial<Named<'bias' | 'preluActivationWeights'>>, FusedMatMulAttributes>(
    '_FusedMatMul',
    ({ a, b, bias, preluActivationWeights }, attributes) =>
      activate(product(a, b, attributes.transposeA, attributes.transposeB), {
        bias,
        activation: attributes.activation,
        preluWeights: preluActivationWeights,
        leakyAlpha: attributes.leakyreluAlpha,
      }),
  ),
];
