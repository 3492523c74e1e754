/**
 * The lazy graph. A tfjs kernel does not compute: it records nodes, and what it hands back are values
 * that know how they would be computed. Values without a node are the leaves: numbers that exist,
 * baked tensors, and literals.
 */
export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';
export type NumberArray = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** A whole number or list of whole numbers; floats are tagged because ONNX tells the two apart. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly op: string;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  readonly outputs: Value[];
  /** Op and attributes as text: this node's share of the key under which sessions are cached. */
  readonly signature: string;
}

/** A tensor frozen into the sessions that use it; `id` is its identity in their keys. */
export interface BakedTensor {
  readonly id: number;
  /** Reads the numbers back, from memory or from the vault on disk. */
  read(): NumberArray;
  /** Called once a session holds the numbers: the copy in JavaScript may go. */
  compiled(): void;
  /** No tensor holds it any more, or it is frozen no longer: sessions that hold the numbers go. */
  release(): void;
}

export interface Value {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** How to compute it; null for leaves, and once it was computed. */
  node: Node | null;
  /** Numbers that are part of the structure (shapes, axes, paddings), hence of the key. */
  readonly literal: readonly number[] | null;
  data: NumberArray | null;
  baked: BakedTensor | null;
  /** How many tfjs data ids hold it; what nobody holds is never materialised. */
  holders: number;
  /** Whether `data` came from the buffer pool and was never shown to a caller. */
  pooled: boolean;
  /** Why it could not be computed. */
  failure: Error | null;
}

function value(type: ElementType, shape: readonly number[], literal: readonly number[] | null): Value {
  return {
    type,
    shape,
    node: null,
    literal,
    data: null,
    baked: null,
    holders: 0,
    pooled: false,
    failure: null,
  };
}

/** A leaf that holds numbers. */
export function known(type: ElementType, shape: readonly number[], data: NumberArray): Value {
  const leaf = value(type, shape, null);
  leaf.data = data;
  return leaf;
}

/** A leaf whose numbers belong to the structure. Only for what never changes from step to step. */
export function literal(type: ElementType, shape: readonly number[], numbers: readonly number[]): Value {
  return value(type, shape, numbers);
}

/** A literal vector of 64-bit integers: what ONNX wants for shapes, axes and paddings. */
export function integers(numbers: readonly number[]): Value {
  return literal('int64', [numbers.length], numbers);
}

/** A literal scalar. */
export function scalar(type: ElementType, number: number): Value {
  return literal(type, [], [number]);
}

export interface OutputSpec {
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** Records one ONNX node with any number of outputs. */
export function recordAll(
  op: string,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  outputs: readonly OutputSpec[],
): Value[] {
  const node: Node = {
    op,
    inputs,
    attributes,
    outputs: outputs.map((spec) => value(spec.type, spec.shape, null)),
    signature: op + JSON.stringify(attributes),
  };
  for (const output of node.outputs) output.node = node;
  return node.outputs;
}

/** Records one ONNX node with one output. */
export function record(
  op: string,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  type: ElementType,
  shape: readonly number[],
): Value {
  return first(recordAll(op, inputs, attributes, [{ type, shape }]));
}

export function first(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error('A node has at least one output.');
  return value;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The dimension at `axis`, counted from the end when negative. Throws where the shape has no such axis. */
export function dim(shape: readonly number[], axis: number): number {
  const length = shape.at(axis);
  if (length === undefined) throw new Error(`Shape [${shape.join(', ')}] has no axis ${axis}.`);
  return length;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
