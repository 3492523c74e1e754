import type { KernelConfig } from '@tensorflow/tfjs-core';
import { add, cast, compare, div, like, markMask, mul, sub, unary, where } from '../graph/elementwise.ts';
import type { Value } from '../graph/value.ts';
import { record } from '../graph/value.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

type Formula = (x: Value) => Value;

/** A kernel on real numbers: whole numbers and booleans are cast first. */
const real = (kernelName: string, formula: Formula): KernelConfig =>
  lower<Named<'x'>>(kernelName, ({ x }) => formula(cast(x, 'float32')));

/** A kernel that keeps whole numbers whole. */
const numeric = (kernelName: string, formula: Formula): KernelConfig =>
  lower<Named<'x'>>(kernelName, ({ x }) => formula(x.type === 'bool' ? cast(x, 'int32') : x));

const onnx =
  (op: string): Formula =>
  (x) =>
    unary(op, x);

const whole =
  (op: string): Formula =>
  (x) =>
    x.type === 'float32' ? unary(op, x) : x;

const square: Formula = (x) => mul(x, x);
const isNan: Formula = (x) => unary('IsNaN', x, 'bool');

/** log(1 + x) without losing small x: Goldberg (1991), theorem 4: x log(1+x) / ((1+x) - 1). */
function log1p(x: Value): Value {
  const raised = add(x, like(x, 1));
  const difference = sub(raised, like(x, 1));
  const finite = compare('Less', raised, like(x, Infinity));
  const corrected = div(mul(unary('Log', raised), x), difference);
  const exact = where(finite, corrected, unary('Log', raised));
  return where(compare('Equal', difference, like(x, 0)), x, exact);
}

/** exp(x) - 1 without losing small x: tanh(x/2) (exp(x) + 1); far from zero the plain formula. */
function expm1(x: Value): Value {
  const power = unary('Exp', x);
  const near = mul(unary('Tanh', mul(x, like(x, 0.5))), add(power, like(x, 1)));
  return where(compare('Less', unary('Abs', x), like(x, 1)), near, sub(power, like(x, 1)));
}

/** Scaled exponential unit, constants of Klambauer et al. (2017). */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** 1 for positive numbers, `alpha` for the others, NaN stays NaN. */
function step(x: Value, alpha: number): Value {
  const positive = compare('Greater', x, like(x, 0));
  const stepped = where(isNan(x), x, where(positive, like(x, 1), like(x, alpha)));
  if (alpha === 0) markMask(stepped, positive);
  return stepped;
}

const elu = (x: Value): Value => record('Elu', [x], {}, x.type, x.shape);

const realFormulas: Record<string, Formula> = {
  Acos: onnx('Acos'),
  Acosh: onnx('Acosh'),
  Asin: onnx('Asin'),
  Asinh: onnx('Asinh'),
  Atan: onnx('Atan'),
  Atanh: onnx('Atanh'),
  Cos: onnx('Cos'),
  Cosh: onnx('Cosh'),
  Elu: elu,
  Erf: onnx('Erf'),
  Exp: onnx('Exp'),
  Expm1: expm1,
  Log: onnx('Log'),
  Log1p: log1p,
  Reciprocal: onnx('Reciprocal'),
  Rsqrt: (x) => div(like(x, 1), unary('Sqrt', x)),
  Selu: (x) =>
    record('Selu', [x], { alpha: { float: SELU_ALPHA }, gamma: { float: SELU_SCALE } }, x.type, x.shape),
  Sigmoid: onnx('Sigmoid'),
  Sin: onnx('Sin'),
  Sinh: onnx('Sinh'),
  Softplus: onnx('Softplus'),
  Sqrt: onnx('Sqrt'),
  Tan: onnx('Tan'),
  Tanh: onnx('Tanh'),
  IsNan: isNan,
  IsInf: (x) => unary('IsInf', x, 'bool'),
  IsFinite: (x) => compare('Less', unary('Abs', x), like(x, Infinity)),
};

const numericFormulas: Record<string, Formula> = {
  Abs: onnx('Abs'),
  Ceil: whole('Ceil'),
  Floor: whole('Floor'),
  Neg: onnx('Neg'),
  Relu: onnx('Relu'),
  Relu6: (x) => record('Clip', [x, like(x, 0), like(x, 6)], {}, x.type, x.shape),
  Round: whole('Round'),
  Sign: (x) => (x.type === 'float32' ? where(isNan(x), like(x, 0), unary('Sign', x)) : unary('Sign', x)),
  Square: square,
};

const parametric: KernelConfig[] = [
  lower<Named<'x'>>('LogicalNot', ({ x }) => unary('Not', cast(x, 'bool'))),
  lower<Named<'x'>, { alpha?: number }>('Step', ({ x }, { alpha = 0 }) =>
    cast(step(cast(x, 'float32'), alpha), x.type),
  ),
  lower<Named<'x'>, { clipValueMin: number; clipValueMax: number }>(
    'ClipByValue',
    ({ x }, { clipValueMin, clipValueMax }) =>
      record('Clip', [x, like(x, clipValueMin), like(x, clipValueMax)], {}, x.type, x.shape),
  ),
  lower<Named<'x'>, { alpha: number }>('LeakyRelu', ({ x }, { alpha }) =>
    record('LeakyRelu', [cast(x, 'float32')], { alpha: { float: alpha } }, 'float32', x.shape),
  ),
  lower<Named<'x' | 'alpha'>>('Prelu', (inputs) => {
    const [x, alpha] = [cast(inputs.x, 'float32'), cast(inputs.alpha, 'float32')];
    return where(compare('Less', x, like(x, 0)), mul(alpha, x), x);
  }),
  lower<Named<'dy' | 'y'>>('EluGrad', ({ dy, y }) =>
    where(compare('GreaterOrEqual', y, like(y, 0)), dy, mul(dy, add(y, like(y, 1)))),
  ),
];

export const unaryKernels: KernelConfig[] = [
  ...Object.entries(realFormulas).map(([name, formula]) => real(name, formula)),
  ...Object.entries(numericFormulas).map(([name, formula]) => numeric(name, formula)),
  ...parametric,
];
