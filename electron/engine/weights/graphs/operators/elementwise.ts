import type { Known, Rule } from '../operators.ts';
import { need, shaped, sizeOf } from './known.ts';

/** The shape of the first input; Dropout and BatchNormalization may name further outputs, which nobody reads. */
export const first: Rule = (node, inputs) => {
  const input = need(inputs, 0);
  return node.outputs.map((_, index) => (index === 0 ? input : shaped(input.shape)));
};

/** The shape of the first input. What else LayerNormalization can tell is for training. */
export const normalized: Rule = (_, inputs) => [shaped(need(inputs, 0).shape)];

/** PRelu: the slope is spread over the input, never the other way round. */
export const parametric: Rule = (_, inputs) => {
  const [input, slope] = [need(inputs, 0), need(inputs, 1)];
  if (sizeOf(spread(input.shape, slope.shape)) !== sizeOf(input.shape))
    throw new Error('a slope larger than its input');
  return [shaped(input.shape)];
};

export const broadcast: Rule = (node, inputs) => {
  const all = inputs.map((_, index) => need(inputs, index));
  const shape = all.reduce<number[]>((joined, input) => spread(joined, input.shape), []);
  return [{ shape, integers: arithmetic(node.op, all, sizeOf(shape)) }];
};

/** Shapes are aligned at their ends; sides of 1 stretch. https://onnx.ai/onnx/repo-docs/Broadcasting.html */
function spread(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new Error(`[${a.join(', ')}] and [${b.join(', ')}] do not fit`);
    return left === 1 ? right : left;
  });
}

const calculations: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
};

/** Sums of shapes, for networks that work out their sizes as they run. */
function arithmetic(op: string, inputs: readonly Known[], size: number): number[] | null {
  const calculate = calculations[op];
  const [a, b] = [inputs[0]?.integers, inputs[1]?.integers];
  if (!calculate || !a || !b || inputs.some(({ shape }) => shape.length > 1)) return null;
  const at = (numbers: number[], index: number) => numbers[numbers.length === 1 ? 0 : index] ?? NaN;
  return Array.from({ length: size }, (_, index) => calculate(at(a, index), at(b, index)));
}
