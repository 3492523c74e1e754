import type { OnnxNode } from '../onnx-model.ts';
import type { Known } from '../operators.ts';

/** A size that only running the network would tell. */
export class Unpredictable extends Error {}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);
export const shaped = (shape: number[]): Known => ({ shape, integers: null });

/** @throws Error when the node has not that input */
export function need(inputs: readonly (Known | undefined)[], index: number): Known {
  const input = inputs[index];
  if (!input) throw new Error(`input ${index} is missing`);
  return input;
}

/** Numbers of an input that says how, e.g. axes; null where it is left out. @throws Unpredictable */
export function numbersOf(inputs: readonly (Known | undefined)[], index: number): number[] | null {
  const input = inputs[index];
  if (!input) return null;
  if (!input.integers) throw new Unpredictable(`input ${index} is computed`);
  return input.integers;
}

/** Numbers given as an attribute by older versions of an operation, as an input by newer ones. */
export function attributeOrInput(
  node: OnnxNode,
  name: string,
  inputs: readonly (Known | undefined)[],
  index: number,
) {
  return node.integers(name) ?? numbersOf(inputs, index);
}

/** An axis counted from the front. @throws Error for one the tensor has not */
export function axisOf(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(counted) || counted < 0 || counted >= rank)
    throw new Error(`axis ${axis} of ${rank}`);
  return counted;
}
