import { encodeModel } from '../../../backend/onnxruntime/graph/encode.ts';
import type { Dimension } from '../../../backend/onnxruntime/graph/encode.ts';
import { placesOf, readIntegers, readModelJson, readPlace } from '../../formats/tfjs-shards.ts';
import type { ModelJson, Place } from '../../formats/tfjs-shards.ts';
import { elementsOf } from '../../source.ts';
import { parseOnnx } from '../onnx-model.ts';
import type { OnnxModel } from '../onnx-model.ts';
import { broken } from '../protobuf-reader.ts';
import { readGraphDef } from './graph-def.ts';
import type { GraphNode } from './graph-def.ts';
import { operations } from './operations.ts';
import { Translation } from './translation.ts';
import type { Constant } from './translation.ts';

/** Integer tensors of more numbers are no sizes. */
const mostIntegers = 64;

/** Whether a model.json is of a graph, and not of layers. @throws GraftError weights.damaged, weights.not-a-model */
export const isGraphModel = (path: string): boolean => readModelJson(path).format === 'graph-model';

/**
 * Reads a TensorFlow.js graph model as an ONNX network, operation by operation; from there on it is treated as one.
 * @throws GraftError weights.*
 */
export function readGraphModel(path: string): OnnxModel & { files: string[] } {
  const model = readModelJson(path);
  const places = placesOf(path, model);
  const nodes = readGraphDef(model, path);
  const translation = new Translation(path, constantsOf(path, places));
  const pictures = nodes.filter(({ op }) => op === 'Placeholder');
  for (const node of nodes) translate(translation, node);
  const outputs = outputsOf(model, nodes, path);
  const bytes = encodeModel({
    inputs: pictures.map((node) => ({ name: node.name, type: 'float32', shape: inputShapeOf(node) })),
    outputs: outputs.map((name) => ({ name, type: 'float32', shape: [] })),
    nodes: translation.nodes,
    initializers: translation.initializers,
  });
  const files = [path, ...new Set(places.flatMap(({ shards }) => shards.map((shard) => shard.path)))];
  return { ...parseOnnx(Buffer.from(bytes), path), files };
}

function translate(to: Translation, node: GraphNode): void {
  if (node.op === 'Placeholder' || node.op === 'Const' || node.op === 'NoOp') return;
  const write = Object.hasOwn(operations, node.op) ? operations[node.op] : undefined;
  if (!write) throw to.refusal(`the operation ${node.op}`);
  write(to, node);
}

function constantsOf(path: string, places: readonly Place[]): Map<string, Constant> {
  return new Map(
    places.map((place) => {
      const { name, shape, dtype } = place.spec;
      const small = dtype === 'int32' && elementsOf(shape) <= mostIntegers;
      const integers = small ? readIntegers(place) : null;
      return [name, { shape, integers, floats: () => readPlace(path, name, place) }];
    }),
  );
}

/** Sides that are open; where the graph does not say, those of colour pictures. */
function inputShapeOf(node: GraphNode): Dimension[] {
  const shape = node.shape('shape') ?? [];
  return (shape.length > 0 ? shape : [null, null, null, 3]).map((side, axis) => side ?? `side${axis}`);
}

/** What the signature names, or else what nothing reads. */
function outputsOf({ signature }: ModelJson, nodes: readonly GraphNode[], path: string): string[] {
  const named = (signature as { outputs?: Record<string, { name?: unknown }> } | undefined)?.outputs;
  const known = new Set(nodes.map(({ name }) => name));
  const names = Object.values(named ?? {}).map(({ name }) => String(name).replace(/:0$/, ''));
  if (names.length > 0 && names.every((name) => known.has(name))) return names;
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const last = nodes.filter(({ name, op }) => !read.has(name) && op !== 'Const' && op !== 'NoOp');
  if (last.length === 0) throw broken(path, 'a graph without a result');
  return last.map(({ name }) => name);
}
