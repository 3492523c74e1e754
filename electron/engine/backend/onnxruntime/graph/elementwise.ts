import type { ElementType, Value } from './value.ts';
import { record, sameShape, scalar } from './value.ts';

/** The shape two operands broadcast to, aligned from the right. Throws when they do not fit. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const fromA = a[axis - rank + a.length] ?? 1;
    const fromB = b[axis - rank + b.length] ?? 1;
    if (fromA !== fromB && fromA !== 1 && fromB !== 1) {
      throw new Error(
        `Operands could not be broadcast together with shapes ${a.join(',')} and ${b.join(',')}.`,
      );
    }
    return fromA === 1 ? fromB : fromA;
  });
}

/** One operand in, the same shape out. */
export function unary(op: string, x: Value, type: ElementType = x.type): Value {
  return record(op, [x], {}, type, x.shape);
}

/**
 * An operand as small as broadcasting allows: gradients tile statistics to the full shape before
 * multiplying, which would cost a pass over memory for nothing.
 */
function unexpanded(x: Value, other: Value, result: readonly number[]): Value {
  const source = x.node?.op === 'Expand' ? x.node.inputs[0] : null;
  if (!source) return x;
  return sameShape(broadcastShape(source.shape, other.shape), result) ? source : x;
}

/** Two operands in, their broadcast shape out. */
export function binary(op: string, a: Value, b: Value, type: ElementType = a.type): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const left = unexpanded(a, b, shape);
  const right = unexpanded(b, left, shape);
  return record(op, [left, right], {}, type, shape);
}

export const add = (a: Value, b: Value): Value => binary('Add', a, b);
export const sub = (a: Value, b: Value): Value => binary('Sub', a, b);

const stepMasks = new WeakMap<Value, Value>();

/** Notes that `x` is 1 where `mask` is true and 0 elsewhere. */
export function markMask(x: Value, mask: Value): void {
  stepMasks.set(x, mask);
}

/** The condition a factor of ones and zeros stands for, as gradients of activations multiply by them. */
function maskOf(x: Value): Value | null {
  const source = x.node?.op === 'Cast' ? x.node.inputs[0] : null;
  return stepMasks.get(x) ?? (source?.type === 'bool' ? source : null);
}

/** The product; by a mask it is a choice, which spares the passes that would make numbers of the mask. */
export function mul(a: Value, b: Value): Value {
  const [maskA, maskB] = a.type === 'float32' ? [maskOf(a), maskOf(b)] : [null, null];
  if (maskA && maskB) return cast(compare('And', maskA, maskB), a.type);
  if (maskA) return where(maskA, b, like(b, 0));
  if (maskB) return where(maskB, a, like(a, 0));
  return binary('Mul', a, b);
}

export const div = (a: Value, b: Value): Value => binary('Div', a, b);
export const compare = (op: string, a: Value, b: Value): Value => binary(op, a, b, 'bool');

/** A literal of the operand's own type, for formulas such as `1 - x`. */
export const like = (x: Value, number: number): Value => scalar(x.type, number);

export function cast(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return record('Cast', [x], { to: onnxTypes[type] }, type, x.shape);
}

/** Element types as ONNX numbers them (TensorProto.DataType). */
export const onnxTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** `condition ? a : b`, element by element. ONNX Runtime's Where knows no booleans, so those travel as int32. */
export function where(condition: Value, a: Value, b: Value): Value {
  if (a.type === 'bool') return cast(where(condition, cast(a, 'int32'), cast(b, 'int32')), 'bool');
  const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape));
  return record('Where', [condition, a, b], {}, a.type, shape);
}
