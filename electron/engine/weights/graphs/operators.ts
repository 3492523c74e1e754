import type { OnnxNode } from './onnx-model.ts';
import { concat, gather, pad, reshape, slice, squeeze, unsqueeze } from './operators/arrangement.ts';
import { broadcast, first, normalized, parametric } from './operators/elementwise.ts';
import { constant, constantOfShape, shape } from './operators/constants.ts';
import { flatten, gemm, globalPool, matmul, reduce, split, transpose } from './operators/reduction.ts';
import { convolution, pooling } from './operators/windows.ts';

/** What is known of a tensor before anything is computed. */
export interface Known {
  shape: number[];
  /** Its numbers, where it is a small integer tensor that depends on nothing but shapes. */
  integers: number[] | null;
}

/**
 * The shapes of a node's outputs from what is known of its inputs (undefined: left out).
 * @throws Unpredictable when they depend on numbers that are computed; Error when the inputs do not fit
 */
export type Rule = (node: OnnxNode, inputs: readonly (Known | undefined)[]) => Known[];

/**
 * Every operation that an imported network may use: those of networks that look at pictures, none of which runs
 * code, reads files, loops, or draws random numbers. Rules follow https://onnx.ai/onnx/operators.
 */
export const operators: Readonly<Record<string, Rule>> = {
  ...same('Abs', 'BatchNormalization', 'Cast', 'Ceil', 'Clip', 'Dropout', 'Elu', 'Erf', 'Exp', 'Floor', 'Gelu'),
  ...same('HardSigmoid', 'HardSwish', 'Identity', 'LRN', 'LeakyRelu', 'Log', 'LogSoftmax', 'LpNormalization', 'Mish'),
  ...same('Neg', 'Reciprocal', 'Relu', 'Round', 'Selu', 'Sigmoid', 'Sign', 'Softmax', 'Softplus', 'Softsign', 'Sqrt', 'Tanh'),
  ...each(normalized, 'GroupNormalization', 'InstanceNormalization', 'LayerNormalization'),
  ...each(broadcast, 'Add', 'Div', 'Max', 'Mean', 'Min', 'Mul', 'Pow', 'Sub', 'Sum'),
  ...each(reduce, 'ReduceL2', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceSum'),
  ...each(globalPool, 'GlobalAveragePool', 'GlobalMaxPool'),
  ...each(pooling, 'AveragePool', 'MaxPool'),
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Conv: convolution,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  MatMul: matmul,
  PRelu: parametric,
  Pad: pad,
  Reshape: reshape,
  Shape: shape,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}; // prettier-ignore

function each(rule: Rule, ...names: string[]): Record<string, Rule> {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

function same(...names: string[]): Record<string, Rule> {
  return each(first, ...names);
}
