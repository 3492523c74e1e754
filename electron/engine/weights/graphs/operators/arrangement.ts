import type { Known, Rule } from '../operators.ts';
import { Unpredictable, attributeOrInput, axisOf, need, numbersOf, shaped, sizeOf } from './known.ts';

export const reshape: Rule = (node, inputs) => {
  const input = need(inputs, 0);
  const wanted = attributeOrInput(node, 'shape', inputs, 1);
  if (!wanted) throw new Unpredictable('no shape');
  const keepsZero = node.integer('allowzero', 0) !== 0;
  const shape = wanted.map((side, axis) => (side === 0 && !keepsZero ? (input.shape[axis] ?? 0) : side));
  const known = sizeOf(shape.filter((side) => side !== -1));
  const filled = shape.map((side) => (side === -1 ? sizeOf(input.shape) / known : side));
  if (sizeOf(filled) !== sizeOf(input.shape))
    throw new Error(`[${input.shape.join(', ')}] cannot become [${wanted.join(', ')}]`);
  return [{ shape: filled, integers: input.integers }];
};

export const squeeze: Rule = (node, inputs) => {
  const input = need(inputs, 0);
  const rank = input.shape.length;
  const axes = attributeOrInput(node, 'axes', inputs, 1)?.map((axis) => axisOf(axis, rank));
  const shape = input.shape.filter((side, axis) => (axes ? !axes.includes(axis) : side !== 1));
  if (sizeOf(shape) !== sizeOf(input.shape)) throw new Error('a side that is not 1 is squeezed');
  return [{ shape, integers: input.integers }];
};

export const unsqueeze: Rule = (node, inputs) => {
  const input = need(inputs, 0);
  const axes = attributeOrInput(node, 'axes', inputs, 1) ?? [];
  const rank = input.shape.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(axis, rank)));
  if (added.size !== axes.length) throw new Error('an axis is named twice');
  const sides = [...input.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (sides.shift() ?? 1)));
  return [{ shape, integers: input.integers }];
};

export const concat: Rule = (node, inputs) => {
  const all = inputs.map((_, index) => need(inputs, index));
  const [head] = all;
  if (!head) throw new Error('nothing to join');
  const axis = axisOf(node.integer('axis', 0), head.shape.length);
  const apart = all.find(
    ({ shape }) =>
      shape.length !== head.shape.length || shape.some((side, i) => i !== axis && side !== head.shape[i]),
  );
  if (apart) throw new Error(`[${head.shape.join(', ')}] and [${apart.shape.join(', ')}] do not fit`);
  const shape = head.shape.map((side, i) =>
    i === axis ? all.reduce((sum, input) => sum + (input.shape[axis] ?? 0), 0) : side,
  );
  const integers =
    head.shape.length === 1 && all.every((input) => input.integers)
      ? all.flatMap((input) => input.integers ?? [])
      : null;
  return [{ shape, integers }];
};

export const gather: Rule = (node, inputs) => {
  const [input, indices] = [need(inputs, 0), need(inputs, 1)];
  const axis = axisOf(node.integer('axis', 0), input.shape.length);
  const shape = [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)];
  const numbers = input.shape.length === 1 ? input.integers : null;
  const integers =
    numbers && indices.integers ? indices.integers.map((index) => numbers.at(index) ?? NaN) : null;
  return [{ shape, integers }];
};

export const pad: Rule = (node, inputs) => {
  const input = need(inputs, 0);
  const pads = attributeOrInput(node, 'pads', inputs, 1);
  if (!pads) throw new Unpredictable('no widths');
  const rank = input.shape.length;
  const axes = (numbersOf(inputs, 3) ?? input.shape.map((_, axis) => axis)).map((axis) => axisOf(axis, rank));
  const shape = [...input.shape];
  axes.forEach(
    (axis, i) => (shape[axis] = (shape[axis] ?? 0) + (pads[i] ?? NaN) + (pads[i + axes.length] ?? NaN)),
  );
  return [shaped(shape)];
};

export const slice: Rule = (node, inputs) => {
  const input = need(inputs, 0);
  const starts = attributeOrInput(node, 'starts', inputs, 1);
  const ends = attributeOrInput(node, 'ends', inputs, 2);
  if (!starts || !ends) throw new Unpredictable('no ends');
  const axes = attributeOrInput(node, 'axes', inputs, 3) ?? starts.map((_, axis) => axis);
  const steps = numbersOf(inputs, 4) ?? starts.map(() => 1);
  let sliced: Known = input;
  axes.forEach((named, i) => {
    const axis = axisOf(named, input.shape.length);
    sliced = sliceAxis(sliced, axis, starts[i] ?? 0, ends[i] ?? 0, steps[i] ?? 1);
  });
  return [sliced];
};

function sliceAxis(
  { shape, integers }: Known,
  axis: number,
  start: number,
  end: number,
  step: number,
): Known {
  if (step < 1) throw new Unpredictable('a slice backwards');
  const side = shape[axis] ?? 0;
  const clamp = (position: number) => Math.min(Math.max(position < 0 ? position + side : position, 0), side);
  const [from, to] = [clamp(start), clamp(end)];
  const length = Math.max(0, Math.ceil((to - from) / step));
  const kept =
    shape.length === 1 && integers
      ? Array.from({ length }, (_, i) => integers[from + i * step] ?? NaN)
      : null;
  return { shape: shape.map((size, i) => (i === axis ? length : size)), integers: kept };
}
