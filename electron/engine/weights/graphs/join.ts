import { GraftError } from '../../../../shared/errors.ts';
import { ProtobufWriter } from '../../backend/onnxruntime/graph/protobuf.ts';
import { OPSET } from '../../backend/onnxruntime/graph/encode.ts';
import { parseOnnx } from './onnx-model.ts';
import type { OnnxModel, OnnxNode } from './onnx-model.ts';
import { fieldsOf } from './protobuf-reader.ts';

/** Joining networks into one ONNX file: what comes before an imported network, the network, what comes after it. */

/** The oldest version of ONNX' operations that differs from Graft's own in nothing but what is changed below. */
const oldestOpset = 13;
/** Until this version, means and the like name their axes in an attribute. */
const axesBecomeInput = 18;
const reductions = new Set(['ReduceL2', 'ReduceMax', 'ReduceMean', 'ReduceMin']);
/** Attributes of NodeProto and fields of TensorProto, by number. */
const nodeFields = { inputs: 1, outputs: 2, name: 3, attributes: 5 } as const;
const tensorName = 8;

/** One of the networks to join: its file, and what its input and output are called in the whole. */
export interface Part {
  bytes: Uint8Array;
  input: { own: string; joined: string };
  output: { own: string; joined: string };
}

/**
 * One network of several, each reading what the one before it makes. The whole takes the first one's input and gives
 * the last one's output, in their shapes.
 * @throws GraftError engine.export-unsupported for a version of ONNX' operations that cannot be brought to Graft's
 */
export function joinNetworks(parts: readonly Part[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, 9).text(2, 'graft');
  for (const [key, text] of Object.entries(metadata))
    writer.message(14, (entry) => entry.text(1, key).text(2, text));
  writer.message(8, (opset) => opset.text(1, '').integer(2, OPSET));
  writer.message(7, (graph) => {
    graph.text(2, 'graft');
    parts.forEach((part, index) => writePart(graph, part, `part${index}/`));
    const [first, last] = [parts[0], parts.at(-1)];
    if (first) graph.bytes(11, renamedValue(first, 'input'));
    if (last) graph.bytes(12, renamedValue(last, 'output'));
  });
  return writer.finish();
}

function writePart(graph: ProtobufWriter, { bytes, input, output }: Part, prefix: string): void {
  const model = parseOnnx(Buffer.from(bytes), 'backbone.onnx');
  checkOpset(model);
  const fixed = new Map([
    [input.own, input.joined],
    [output.own, output.joined],
  ]);
  const rename = (name: string) => (name === '' ? '' : (fixed.get(name) ?? prefix + name));
  for (const node of model.nodes) writeNode(graph, node, rename, model.opset);
  for (const { message } of model.constants.values())
    graph.message(5, (tensor) => copyFields(tensor, message, (number) => number === tensorName, rename));
}

function checkOpset({ opset, nodes }: OnnxModel): void {
  const changedLater = opset > OPSET && nodes.some(({ op }) => op === 'GroupNormalization');
  if (opset >= oldestOpset && !changedLater) return;
  const detail = `its backbone uses version ${opset} of ONNX’ operations, and Graft writes version ${OPSET}`;
  throw new GraftError('engine.export-unsupported', { detail });
}

type Rename = (name: string) => string;

function writeNode(graph: ProtobufWriter, node: OnnxNode, rename: Rename, opset: number): void {
  const axes = opset < axesBecomeInput && reductions.has(node.op) ? node.integers('axes') : null;
  const added = axes ? rename(`${node.outputs[0] ?? ''}/axes`) : null;
  const isName = (number: number) =>
    number === nodeFields.inputs || number === nodeFields.outputs || number === nodeFields.name;
  graph.message(1, (written) => {
    copyFields(
      written,
      node.message,
      isName,
      rename,
      (number, bytes) => axes !== null && isAxes(number, bytes),
    );
    if (added !== null) written.text(nodeFields.inputs, added);
    const splits = node.op === 'Split' && opset < axesBecomeInput && node.inputs.length < 2;
    if (splits)
      written.message(nodeFields.attributes, (count) =>
        integerAttribute(count, 'num_outputs', node.outputs.length),
      );
  });
  if (added === null || !axes) return;
  const values = Buffer.from(BigInt64Array.from(axes, (axis) => BigInt(axis)).buffer);
  graph.message(5, (tensor) =>
    tensor.integer(1, axes.length).integer(2, 7).text(tensorName, added).bytes(9, values),
  );
}

/** Whether a field of a node is its attribute `axes`. */
function isAxes(number: number, bytes: Buffer): boolean {
  if (number !== nodeFields.attributes) return false;
  return [...fieldsOf(bytes, '')].some(
    (field) => field.number === 1 && field.bytes.toString('utf8') === 'axes',
  );
}

function integerAttribute(writer: ProtobufWriter, name: string, value: number): void {
  writer.text(1, name).integer(3, value).integer(20, 2);
}

/** A message with some of its texts renamed and some of its fields left out. */
function copyFields(
  writer: ProtobufWriter,
  message: Buffer,
  isName: (number: number) => boolean,
  rename: Rename,
  leaveOut: (number: number, bytes: Buffer) => boolean = () => false,
): void {
  for (const { number, wire, value, bytes } of fieldsOf(message, '')) {
    if (leaveOut(number, bytes)) continue;
    if (isName(number)) writer.text(number, rename(bytes.toString('utf8')));
    else if (wire === 0) writer.integer(number, value);
    else if (wire === 2) writer.bytes(number, bytes);
    else
      throw new GraftError('engine.export-unsupported', {
        detail: 'its backbone holds a field of a kind not known',
      });
  }
}

/** The description of a network's input or output under its name in the whole. */
function renamedValue(part: Part, side: 'input' | 'output'): Uint8Array {
  const graph = [...fieldsOf(Buffer.from(part.bytes), '')].find(({ number }) => number === 7);
  const field = side === 'input' ? 11 : 12;
  const value = [...fieldsOf(graph?.bytes ?? Buffer.alloc(0), '')].find(({ number }) => number === field);
  const writer = new ProtobufWriter();
  const { joined } = part[side];
  copyFields(
    writer,
    value?.bytes ?? Buffer.alloc(0),
    (number) => number === 1,
    () => joined,
  );
  return writer.finish();
}
