import type { KernelConfig } from '@tensorflow/tfjs-core';
import { add, binary, cast, compare, div, mul, sub, unary, where } from '../graph/elementwise.ts';
import { reshape } from '../graph/shaping.ts';
import type { ElementType, Value } from '../graph/value.ts';
import { first } from '../graph/value.ts';
import type { Named } from './lower.ts';
import { lower } from './lower.ts';

type Formula = (a: Value, b: Value) => Value;

/** The wider of two element types, as tfjs upcasts: bool, int32, float32. */
function wider(a: ElementType, b: ElementType): ElementType {
  const order: ElementType[] = ['bool', 'int32', 'float32'];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** Operands in one element type; booleans count as whole numbers unless `booleans` are welcome. */
function alike(a: Value, b: Value, booleans: boolean): [Value, Value] {
  const type = wider(a.type, b.type);
  const common = type === 'bool' && !booleans ? 'int32' : type;
  return [cast(a, common), cast(b, common)];
}

const arithmetic = (kernelName: string, formula: Formula): KernelConfig =>
  lower<Named<'a' | 'b'>>(kernelName, ({ a, b }) => formula(...alike(a, b, false)));

const comparison = (kernelName: string, formula: Formula, booleans = false): KernelConfig =>
  lower<Named<'a' | 'b'>>(kernelName, ({ a, b }) => formula(...alike(a, b, booleans)));

const logical = (kernelName: string, op: string): KernelConfig =>
  lower<Named<'a' | 'b'>>(kernelName, ({ a, b }) => compare(op, cast(a, 'bool'), cast(b, 'bool')));

const onnx =
  (op: string): Formula =>
  (a, b) =>
    binary(op, a, b);

const onnxCompare =
  (op: string): Formula =>
  (a, b) =>
    compare(op, a, b);

/** floor(a / b), in floats also for whole numbers: ONNX divides those towards zero, and traps on zero. */
function floorDiv(a: Value, b: Value): Value {
  return cast(unary('Floor', div(cast(a, 'float32'), cast(b, 'float32'))), a.type);
}

/** Remainder with the sign of the divisor, as in Python: a - floor(a / b) b. */
function mod(a: Value, b: Value): Value {
  const [x, y] = [cast(a, 'float32'), cast(b, 'float32')];
  const remainder = sub(x, mul(y, unary('Floor', div(x, y))));
  return cast(remainder, a.type);
}

function squaredDifference(a: Value, b: Value): Value {
  const difference = sub(a, b);
  return mul(difference, difference);
}

export const binaryKernels: KernelConfig[] = [
  arithmetic('Add', add),
  arithmetic('Sub', sub),
  arithmetic('Multiply', mul),
  arithmetic('RealDiv', (a, b) => div(cast(a, 'float32'), cast(b, 'float32'))),
  arithmetic('FloorDiv', floorDiv),
  arithmetic('Mod', mod),
  arithmetic('Pow', onnx('Pow')),
  arithmetic('Maximum', onnx('Max')),
  arithmetic('Minimum', onnx('Min')),
  arithmetic('SquaredDifference', squaredDifference),
  comparison('Equal', onnxCompare('Equal'), true),
  comparison('NotEqual', (a, b) => unary('Not', compare('Equal', a, b)), true),
  comparison('Greater', onnxCompare('Greater')),
  comparison('GreaterEqual', onnxCompare('GreaterOrEqual')),
  comparison('Less', onnxCompare('Less')),
  comparison('LessEqual', onnxCompare('LessOrEqual')),
  logical('LogicalAnd', 'And'),
  logical('LogicalOr', 'Or'),
  lower<Named<'a' | 'b'>>('BitwiseAnd', ({ a, b }) => binary('BitwiseAnd', a, b)),
  lower<Named<'condition' | 't' | 'e'>>('Select', ({ condition, t, e }) => {
    const chosen = wider(t.type, e.type);
    const rows = condition.shape.length === 1 && t.shape.length > 1;
    return where(
      rows ? alongRows(condition, t.shape.length) : cast(condition, 'bool'),
      cast(t, chosen),
      cast(e, chosen),
    );
  }),
  lower<readonly Value[]>('AddN', (values) =>
    values.slice(1).reduce((sum, value) => add(sum, value), first(values)),
  ),
];

/** tfjs lets a vector of conditions choose whole rows. */
function alongRows(condition: Value, rank: number): Value {
  const [rows = 1] = condition.shape;
  return reshape(cast(condition, 'bool'), [rows, ...Array.from({ length: rank - 1 }, () => 1)]);
}
