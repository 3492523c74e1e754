import type { Rule } from '../operators.ts';
import { Unpredictable, need, numbersOf, shaped, sizeOf } from './known.ts';

/** More numbers than this are no sizes. */
const mostIntegers = 64;

export const constant: Rule = (node) => {
  const tensor = node.tensor('value');
  if (tensor) return [{ shape: tensor.shape, integers: tensor.integers }];
  const list = node.integers('value_ints');
  if (list && list.length > 0) return [{ shape: [list.length], integers: list }];
  const single = node.integer('value_int', NaN);
  return [{ shape: [], integers: Number.isNaN(single) ? null : [single] }];
};

export const constantOfShape: Rule = (node, inputs) => {
  const shape = numbersOf(inputs, 0);
  if (!shape) throw new Unpredictable('no shape');
  const value = node.tensor('value')?.integers?.[0];
  const size = sizeOf(shape);
  return [
    { shape, integers: value !== undefined && size <= mostIntegers ? Array<number>(size).fill(value) : null },
  ];
};

export const shape: Rule = (node, inputs) => {
  const { shape: sizes } = need(inputs, 0);
  const integers = sizes.slice(node.integer('start', 0), node.integer('end', sizes.length));
  return [
    integers.length > mostIntegers ? shaped([integers.length]) : { shape: [integers.length], integers },
  ];
};
