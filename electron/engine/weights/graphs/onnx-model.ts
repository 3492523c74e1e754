import { readFileSync } from 'node:fs';
import { GraftError } from '../../../../shared/errors.ts';
import { openBytes } from '../byte-reader.ts';
import { maxTensors } from '../source.ts';
import { operators } from './operators.ts';
import { parseTensor } from './onnx-tensor.ts';
import type { OnnxTensor } from './onnx-tensor.ts';
import { broken, groupFields, integersOf, textOf } from './protobuf-reader.ts';
import type { Field } from './protobuf-reader.ts';

/** ModelProto and what it holds, by field number of onnx.proto3. */
const modelFields = { irVersion: 1, graph: 7, opsets: 8, metadata: 14, training: 20, functions: 25 } as const;
const graphFields = { nodes: 1, tensors: 5, inputs: 11, outputs: 12, sparse: 15 } as const;
const nodeFields = { inputs: 1, outputs: 2, op: 4, attributes: 5, domain: 7 } as const;
const attributeFields = { name: 1, float: 2, integer: 3, text: 4, tensor: 5, floats: 7, integers: 8, type: 20, reference: 21 } as const; // prettier-ignore
/** Attributes that hold whole graphs, types or sparse tensors: no network of layers needs them. */
const refusedAttributes = [6, 9, 10, 11, 14, 15, 22, 23];

/** A gibibyte: ONNX files above two cannot be at all. */
const maxFileBytes = 2 ** 30;
const maxNodes = 20_000;
const standardDomains = new Set(['', 'ai.onnx']);

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  integer(name: string, otherwise: number): number;
  integers(name: string): number[] | null;
  text(name: string): string;
  tensor(name: string): OnnxTensor | null;
  /** The whole NodeProto, to be copied. */
  message: Buffer;
}

/** What enters or leaves the network. A size that is open is null. */
export interface OnnxValue {
  name: string;
  type: number;
  shape: (number | null)[];
}

export interface OnnxModel {
  path: string;
  irVersion: number;
  opset: number;
  nodes: OnnxNode[];
  constants: Map<string, OnnxTensor>;
  /** Inputs that are no constants. */
  inputs: OnnxValue[];
  outputs: string[];
}

/** Whether a file may be ONNX: its first field is the version of the format. ONNX has no signature of its own. */
export function looksLikeOnnx(head: Buffer, path: string): boolean {
  return (
    path.endsWith('.onnx') ||
    (head[0] === 0x08 && (head[1] ?? 0) <= 20 && [0x12, 0x1a, 0x3a, 0x42].includes(head[2] ?? 0))
  );
}

/**
 * Reads an ONNX file whole and checks all of it: known operations only, everything in this one file.
 * @throws GraftError file.*, weights.damaged, weights.unsafe, weights.unsupported, weights.dtype, weights.not-finite
 */
export function readOnnx(path: string): OnnxModel {
  const reader = openBytes(path);
  reader.close();
  if (reader.size > maxFileBytes)
    throw new GraftError('weights.too-large', { path, bytes: reader.size, limit: maxFileBytes });
  return parseOnnx(readFileSync(path), path);
}

export function parseOnnx(bytes: Buffer, path: string): OnnxModel {
  const field = groupFields(bytes, path);
  if (field(modelFields.functions).length > 0 || field(modelFields.training).length > 0)
    throw new GraftError('weights.unsupported', { path, feature: 'functions of its own' });
  const graphs = field(modelFields.graph);
  const [graph] = graphs;
  if (!graph || graphs.length > 1) throw broken(path, `an ONNX file of ${graphs.length} graphs`);
  return {
    path,
    irVersion: field(modelFields.irVersion).at(-1)?.value ?? 0,
    opset: opsetOf(field(modelFields.opsets), path),
    ...parseGraph(graph.bytes, path),
  };
}

function opsetOf(fields: readonly Field[], path: string): number {
  let version = 0;
  for (const { bytes } of fields) {
    const field = groupFields(bytes, path);
    if (standardDomains.has(textOf(field(1), path))) version = field(2).at(-1)?.value ?? 0;
  }
  if (version < 1) throw broken(path, 'an ONNX file without a version of its operations');
  return version;
}

function parseGraph(
  bytes: Buffer,
  path: string,
): Pick<OnnxModel, 'nodes' | 'constants' | 'inputs' | 'outputs'> {
  const field = groupFields(bytes, path);
  if (field(graphFields.sparse).length > 0)
    throw new GraftError('weights.unsupported', { path, feature: 'sparse tensors' });
  const count = Math.max(field(graphFields.nodes).length, field(graphFields.tensors).length);
  if (count > maxNodes)
    throw new GraftError('weights.too-many-tensors', { path, limit: Math.min(maxNodes, maxTensors) });
  const constants = new Map<string, OnnxTensor>();
  for (const { bytes: message } of field(graphFields.tensors)) {
    const tensor = parseTensor(message, path);
    if (constants.has(tensor.name)) throw broken(path, `two tensors called ${tensor.name}`);
    constants.set(tensor.name, tensor);
  }
  const values = field(graphFields.inputs).map((input) => parseValue(input.bytes, path));
  return {
    nodes: field(graphFields.nodes).map((node) => parseNode(node.bytes, path)),
    constants,
    inputs: values.filter(({ name }) => !constants.has(name)),
    outputs: field(graphFields.outputs).map((output) => parseValue(output.bytes, path).name),
  };
}

function parseNode(message: Buffer, path: string): OnnxNode {
  const field = groupFields(message, path);
  const names = (number: number) => field(number).map((name) => textOf([name], path));
  const op = textOf(field(nodeFields.op), path);
  const domain = textOf(field(nodeFields.domain), path);
  if (!standardDomains.has(domain))
    throw new GraftError('weights.unsafe', {
      path,
      detail: `it needs code of its own, the operation ${domain}.${op}`,
    });
  if (!Object.hasOwn(operators, op))
    throw new GraftError('weights.unsupported', { path, feature: `the operation ${op}` });
  const attributes = parseAttributes(field(nodeFields.attributes), op, path);
  const at = (name: string) => attributes.get(name);
  return {
    op,
    message,
    inputs: names(nodeFields.inputs),
    outputs: names(nodeFields.outputs),
    integer: (name, otherwise) => at(name)?.(attributeFields.integer).at(-1)?.value ?? otherwise,
    integers: (name) => {
      const attribute = at(name);
      return attribute ? integersOf(attribute(attributeFields.integers), path) : null;
    },
    text: (name) => textOf(at(name)?.(attributeFields.text) ?? [], path),
    tensor: (name) => {
      const tensor = at(name)?.(attributeFields.tensor).at(-1);
      return tensor ? parseTensor(tensor.bytes, path) : null;
    },
  };
}

type FieldGroups = (number: number) => Field[];

function parseAttributes(fields: readonly Field[], op: string, path: string): Map<string, FieldGroups> {
  const attributes = new Map<string, FieldGroups>();
  for (const { bytes } of fields) {
    const field = groupFields(bytes, path);
    const name = textOf(field(attributeFields.name), path);
    const strange =
      field(attributeFields.reference).length > 0 ||
      refusedAttributes.some((number) => field(number).length > 0);
    if (strange)
      throw new GraftError('weights.unsupported', { path, feature: `the attribute ${name} of ${op}` });
    if (attributes.has(name)) throw broken(path, `${op} has two attributes called ${name}`);
    const tensor = field(attributeFields.tensor).at(-1);
    if (tensor) parseTensor(tensor.bytes, path);
    attributes.set(name, field);
  }
  return attributes;
}

function parseValue(message: Buffer, path: string): OnnxValue {
  const field = groupFields(message, path);
  const name = textOf(field(1), path);
  const type = groupFields(field(2).at(-1)?.bytes ?? Buffer.alloc(0), path)(1).at(-1);
  if (!type) throw new GraftError('weights.unsupported', { path, feature: `${name}, which is no tensor` });
  const tensor = groupFields(type.bytes, path);
  const dimensions = groupFields(tensor(2).at(-1)?.bytes ?? Buffer.alloc(0), path)(1);
  const shape = dimensions.map(({ bytes }) => {
    const size = groupFields(bytes, path)(1).at(-1)?.value;
    return size === undefined || size <= 0 ? null : size;
  });
  return { name, type: tensor(1).at(-1)?.value ?? 0, shape };
}
