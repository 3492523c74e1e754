import { ProtobufWriter } from '../../backend/onnxruntime/graph/protobuf.ts';
import type { OnnxModel, OnnxNode } from './onnx-model.ts';
import { FLOAT32 } from './onnx-tensor.ts';

/** The first version of the format in which constants need not be inputs too. */
const leastIrVersion = 4;

export interface Side {
  name: string;
  /** null: any length. */
  shape: readonly (number | null)[];
}

/** The part of a network that leads to a tensor. */
export interface Prefix {
  nodes: OnnxNode[];
  /** Names of the constants it uses. */
  constants: string[];
}

/** What of a network is needed for one of its tensors. */
export function prefixOf(model: OnnxModel, cut: string): Prefix {
  const wanted = new Set([cut]);
  const nodes = model.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => wanted.has(name))) return false;
    for (const name of inputs) wanted.add(name);
    return true;
  });
  return {
    nodes: nodes.reverse(),
    constants: [...model.constants.keys()].filter((name) => wanted.has(name)),
  };
}

/**
 * An ONNX file of a prefix, made anew from its checked parts: one input, one output. What is noted about it stands at
 * the start, so that it can be read without the rest.
 */
export function writePrefix(
  model: OnnxModel,
  prefix: Prefix,
  { input, output, notes }: { input: Side; output: Side; notes: Readonly<Record<string, string>> },
): Uint8Array {
  const writer = new ProtobufWriter();
  for (const [key, text] of Object.entries(notes))
    writer.message(14, (entry) => entry.text(1, key).text(2, text));
  writer.message(8, (opset) => opset.text(1, '').integer(2, model.opset));
  writer.integer(1, Math.max(model.irVersion, leastIrVersion)).text(2, 'graft');
  writer.message(7, (graph) => {
    for (const { message } of prefix.nodes) graph.bytes(1, message);
    graph.text(2, 'graft');
    for (const name of prefix.constants) {
      const tensor = model.constants.get(name);
      if (tensor) graph.bytes(5, tensor.message);
    }
    graph.message(11, (side) => writeSide(side, input));
    graph.message(12, (side) => writeSide(side, output));
  });
  return writer.finish();
}

function writeSide(writer: ProtobufWriter, { name, shape }: Side): void {
  writer.text(1, name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.integer(1, FLOAT32).message(2, (sizes) => {
        for (const size of shape)
          sizes.message(1, (side) => (size === null ? side.text(2, 'batch') : side.integer(1, size)));
      }),
    ),
  );
}
