import { add, compare, like, mul, unary, where } from '../graph/elementwise.ts';
import type { Value } from '../graph/value.ts';
import { record } from '../graph/value.ts';

export interface Epilogue {
  readonly bias: Value | undefined;
  readonly activation: string | null | undefined;
  readonly preluWeights: Value | undefined;
  readonly leakyAlpha: number | undefined;
}

/** tfjs's default slope where a fused kernel names none. */
const LEAKY_ALPHA = 0.2;

const activations: Readonly<Record<string, (x: Value, epilogue: Epilogue) => Value>> = {
  linear: (x) => x,
  relu: (x) => unary('Relu', x),
  relu6: (x) => record('Clip', [x, like(x, 0), like(x, 6)], {}, x.type, x.shape),
  elu: (x) => unary('Elu', x),
  sigmoid: (x) => unary('Sigmoid', x),
  leakyrelu: (x, { leakyAlpha }) =>
    record('LeakyRelu', [x], { alpha: { float: leakyAlpha ?? LEAKY_ALPHA } }, x.type, x.shape),
  prelu: (x, { preluWeights }) => {
    if (!preluWeights) throw new Error('A fused prelu needs its weights.');
    return where(compare('Less', x, like(x, 0)), mul(preluWeights, x), x);
  },
};

/** Bias and activation after a fused product or convolution. */
export function activate(x: Value, epilogue: Epilogue): Value {
  const biased = epilogue.bias ? add(x, epilogue.bias) : x;
  const name = epilogue.activation ?? 'linear';
  const activation = activations[name];
  if (!activation) throw new Error(`Unknown fused activation ${name}.`);
  return activation(biased, epilogue);
}
