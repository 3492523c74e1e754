/**
 * A plan as an ONNX model. Field numbers are those of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */
import { onnxTypes } from './elementwise.ts';
import { ProtobufWriter } from './protobuf.ts';
import type { Attribute, ElementType, Node, NumberArray, Value } from './value.ts';

export const OPSET = 20;
const IR_VERSION = 9;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;
const DATA_EXTERNAL = 1;

/** A dimension: its length, or the name of a length known only at run time. */
export type Dimension = number | string;

export interface NamedValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export type Initializer =
  | {
      readonly name: string;
      readonly type: ElementType;
      readonly shape: readonly number[];
      readonly data: NumberArray;
    }
  /** Numbers handed over beside the model under `location`, so that they are not copied into it. */
  | {
      readonly name: string;
      readonly type: ElementType;
      readonly shape: readonly number[];
      readonly location: string;
      readonly byteLength: number;
    };

export interface NamedNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Node['attributes'];
}

export interface Model {
  readonly nodes: readonly NamedNode[];
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
  readonly initializers: readonly Initializer[];
  readonly metadata?: Readonly<Record<string, string>>;
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.text(1, name);
  if (typeof attribute === 'number') writer.integer(3, attribute).integer(20, ATTRIBUTE_INT);
  else if (typeof attribute === 'string') writer.text(4, attribute).integer(20, ATTRIBUTE_STRING);
  else if ('float' in attribute) writer.float(2, attribute.float).integer(20, ATTRIBUTE_FLOAT);
  else {
    for (const item of attribute) writer.integer(8, item);
    writer.integer(20, ATTRIBUTE_INTS);
  }
}

function writeNode(writer: ProtobufWriter, node: NamedNode): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name).text(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, attribute));
  }
}

function writeInitializer(writer: ProtobufWriter, initializer: Initializer): void {
  for (const length of initializer.shape) writer.integer(1, length);
  writer.integer(2, onnxTypes[initializer.type]).text(8, initializer.name);
  if ('data' in initializer) {
    const { buffer, byteOffset, byteLength } = initializer.data;
    writer.bytes(9, new Uint8Array(buffer, byteOffset, byteLength));
    return;
  }
  const entries = { location: initializer.location, offset: '0', length: String(initializer.byteLength) };
  for (const [key, text] of Object.entries(entries)) {
    writer.message(13, (entry) => entry.text(1, key).text(2, text));
  }
  writer.integer(14, DATA_EXTERNAL);
}

function writeNamedValue(writer: ProtobufWriter, { name, type, shape }: NamedValue): void {
  const writeShape = (inner: ProtobufWriter): void => {
    for (const length of shape) {
      inner.message(1, (dimension) =>
        typeof length === 'number' ? dimension.integer(1, length) : dimension.text(2, length),
      );
    }
  };
  writer
    .text(1, name)
    .message(2, (kind) =>
      kind.message(1, (tensor) => tensor.integer(1, onnxTypes[type]).message(2, writeShape)),
    );
}

/** The model as the bytes of an .onnx file. */
export function encodeModel(model: Model): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, IR_VERSION).text(2, 'graft');
  writer.message(7, (graph) => {
    for (const node of model.nodes) graph.message(1, (inner) => writeNode(inner, node));
    graph.text(2, 'graft');
    for (const initializer of model.initializers)
      graph.message(5, (inner) => writeInitializer(inner, initializer));
    for (const input of model.inputs) graph.message(11, (inner) => writeNamedValue(inner, input));
    for (const output of model.outputs) graph.message(12, (inner) => writeNamedValue(inner, output));
  });
  writer.message(8, (opset) => opset.text(1, '').integer(2, OPSET));
  for (const [key, text] of Object.entries(model.metadata ?? {})) {
    writer.message(14, (entry) => entry.text(1, key).text(2, text));
  }
  return writer.finish();
}

/** The numbers of a literal, as its element type stores them. */
export function literalData(value: Value): NumberArray {
  const numbers = value.literal ?? [];
  switch (value.type) {
    case 'int64':
      return BigInt64Array.from(numbers, BigInt);
    case 'int32':
      return Int32Array.from(numbers);
    case 'bool':
      return Uint8Array.from(numbers);
    default:
      return Float32Array.from(numbers);
  }
}
