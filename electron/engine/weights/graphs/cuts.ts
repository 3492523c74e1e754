import type { OnnxModel, OnnxNode } from './onnx-model.ts';

/** Order of the axes of pictures: channels last or channels first. */
export type Layout = 'NHWC' | 'NCHW';

/** A tensor at which a network can end: everything after it depends on it alone. */
export interface Cut {
  name: string;
  /** Operation that makes it. */
  op: string;
  /** With the batch first. */
  shape: number[];
  /** Of a feature map: whether channels come last, as in Keras, or before height and width. */
  channelsLast: boolean;
}

const weighted = new Set(['Conv', 'Gemm', 'MatMul']);
const pooled = new Set([
  'GlobalAveragePool',
  'GlobalMaxPool',
  'ReduceMean',
  'ReduceMax',
  'AveragePool',
  'Flatten',
  'Reshape',
  'Squeeze',
]);

/**
 * Where a network can be cut: tensors that the whole computation passes through, from input to output.
 * @param shapes of all tensors
 */
export function cutsOf(
  model: OnnxModel,
  { input, layout }: { input: string; layout: Layout },
  shapes: ReadonlyMap<string, number[]>,
): Cut[] {
  const last = channelsLast(model.nodes, layout === 'NHWC' ? input : null);
  const moving = dependents(model.nodes, input);
  const lastUse = new Map<string, number>();
  model.nodes.forEach((node, index) => node.inputs.forEach((name) => lastUse.set(name, index)));
  for (const name of model.outputs) lastUse.set(name, model.nodes.length);
  const open = new Set([input]);
  const cuts: Cut[] = [];
  model.nodes.forEach((node, index) => {
    for (const name of node.outputs)
      if (moving.has(name) && (lastUse.get(name) ?? -1) > index) open.add(name);
    for (const name of open) if ((lastUse.get(name) ?? -1) <= index) open.delete(name);
    const [name] = node.outputs;
    const shape = name === undefined ? undefined : shapes.get(name);
    const alone = open.size === 1 && name !== undefined && open.has(name);
    if (alone && shape && shape.length >= 2 && shape.length <= 4)
      cuts.push({ name, op: node.op, shape, channelsLast: last.has(name) });
  });
  return cuts;
}

const toLast = '0,2,3,1';
const toFirst = '0,3,1,2';
/** What these make has its channels before height and width, whatever came in. */
const windowed = new Set(['Conv', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool']);

/** Names of the tensors whose channels come last: so they enter, or so a Transpose turned them. */
function channelsLast(nodes: readonly OnnxNode[], input: string | null): Set<string> {
  const last = new Set(input === null ? [] : [input]);
  for (const node of nodes) {
    const order = node.op === 'Transpose' ? node.integers('perm')?.join() : undefined;
    const inherits =
      !windowed.has(node.op) && order === undefined && node.inputs.some((name) => last.has(name));
    if (order === toLast || inherits) for (const name of node.outputs) last.add(name);
    if (order === toFirst) for (const name of node.outputs) last.delete(name);
  }
  return last;
}

/** Everything that depends on the picture by more than its shape. */
function dependents(nodes: readonly OnnxNode[], input: string): Set<string> {
  const moving = new Set([input]);
  for (const { op, inputs, outputs } of nodes) {
    if (op === 'Shape' || !inputs.some((name) => moving.has(name))) continue;
    for (const name of outputs) if (name !== '') moving.add(name);
  }
  return moving;
}

/**
 * The cut to take when the person does not choose: the last pooling or flattening before the classifier, which is the
 * last operation with weights, unless the network ends in a pooling of its own.
 */
export function defaultCut(model: OnnxModel, cuts: readonly Cut[]): Cut | null {
  const places = new Map(
    model.nodes.flatMap((node, index) => node.outputs.map((name) => [name, index] as const)),
  );
  const placeOf = ({ name }: Cut) => places.get(name) ?? -1;
  const classifier = model.nodes.findLastIndex(({ op }) => weighted.has(op));
  const shrinks = model.nodes
    .slice(classifier + 1)
    .some(({ op }) => /^(Global(Average|Max)Pool|Reduce(Mean|Max))$/.test(op));
  const before = shrinks ? cuts : cuts.filter((cut) => placeOf(cut) < classifier);
  return before.findLast(({ op }) => pooled.has(op)) ?? before.at(-1) ?? cuts.at(-1) ?? null;
}
