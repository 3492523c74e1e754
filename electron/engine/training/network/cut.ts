import { input, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Block } from '../../zoo/network.ts';

export interface CutModel {
  /** From the input to the cut; null when the cut is at the input. */
  below: LayersModel | null;
  /** From the cut to the output; null when the cut is at the output. */
  above: LayersModel | null;
  /** Shape of the one tensor at the cut, without the batch. */
  shape: number[];
}

/**
 * Cuts a model in two below block `at` (null: above the last block). Both parts share the layers and
 * weights of `whole`. The prefix is what stays frozen and is computed once; the suffix is what is trained.
 * @throws Error when more than one tensor crosses the boundary
 */
export function cutBelow(whole: LayersModel, blocks: readonly Block[], at: string | null): CutModel {
  if (at === null) return cutAtOutput(whole);
  const start = blocks.findIndex((block) => block.name === at);
  if (start < 0)
    throw new Error(`The network has no block ${at}; it has ${blocks.map((b) => b.name).join(', ')}`);
  if (start === 0) return cutAtInput(whole);
  return cutInTwo(whole, new Set(blocks.slice(start).flatMap((block) => block.layers)));
}

/** Cuts a model in two after layer `after` (null: at the input), whose output everything above reads. */
export function cutAfter(whole: LayersModel, after: string | null): CutModel {
  if (after === null) return cutAtInput(whole);
  if (after === outputOf(whole).sourceLayer.name) return cutAtOutput(whole);
  const below = namesBelow(whole, after);
  return cutInTwo(whole, new Set(whole.layers.map(({ name }) => name).filter((name) => !below.has(name))));
}

const cutAtOutput = (whole: LayersModel): CutModel => ({
  below: whole,
  above: null,
  shape: shapeOf(outputOf(whole)),
});

const cutAtInput = (whole: LayersModel): CutModel => ({
  below: null,
  above: whole,
  shape: shapeOf(inputOf(whole)),
});

function cutInTwo(whole: LayersModel, kept: ReadonlySet<string>): CutModel {
  const boundary = boundaryOf(whole, kept);
  const at = boundary.sourceLayer.name;
  const below = model({ inputs: inputOf(whole), outputs: boundary, name: `${whole.name}_below_${at}` });
  return { below, above: rebuildAbove(whole, boundary, kept, at), shape: shapeOf(boundary) };
}

/** The layer and everything it depends on. */
function namesBelow(whole: LayersModel, name: string): ReadonlySet<string> {
  const below = new Set([name]);
  const next = [whole.getLayer(name)];
  for (let layer = next.pop(); layer; layer = next.pop()) {
    for (const { sourceLayer } of inputsOf(layer)) {
      if (!below.has(sourceLayer.name)) next.push(sourceLayer);
      below.add(sourceLayer.name);
    }
  }
  return below;
}

const inputOf = (whole: LayersModel): SymbolicTensor => only(whole.inputs, 'input');
const outputOf = (whole: LayersModel): SymbolicTensor => only(whole.outputs, 'output');

function only<T>(values: readonly T[], what: string): T {
  const [value] = values;
  if (values.length !== 1 || value === undefined)
    throw new Error(`A network to cut has one ${what}, not ${values.length}`);
  return value;
}

function shapeOf(tensor: SymbolicTensor): number[] {
  return tensor.shape.slice(1).map((size) => {
    if (typeof size !== 'number') throw new Error(`${tensor.name} has a side of unknown length`);
    return size;
  });
}

/** Inputs of a layer where it was first applied, which is where the whole model uses it. */
function inputsOf(layer: LayersModel['layers'][number]): SymbolicTensor[] {
  const node = layer.inboundNodes[0];
  if (!node) throw new Error(`Layer ${layer.name} is not part of a network`);
  return node.inputTensors;
}

/** The one tensor made outside `kept` that a layer in `kept` reads. */
function boundaryOf(whole: LayersModel, kept: ReadonlySet<string>): SymbolicTensor {
  const crossing = new Map<number, SymbolicTensor>();
  for (const layer of whole.layers) {
    if (!kept.has(layer.name)) continue;
    for (const tensor of inputsOf(layer)) {
      if (!kept.has(tensor.sourceLayer.name)) crossing.set(tensor.id, tensor);
    }
  }
  return only([...crossing.values()], 'tensor at the cut');
}

/** Applies the kept layers once more, to a new input of the boundary's shape. */
function rebuildAbove(
  whole: LayersModel,
  boundary: SymbolicTensor,
  kept: ReadonlySet<string>,
  at: string,
): LayersModel {
  const start = input({ shape: shapeOf(boundary), name: `${whole.name}_at_${at}` });
  const rebuilt = new Map<number, SymbolicTensor>([[boundary.id, start]]);
  const visit = (tensor: SymbolicTensor): SymbolicTensor => {
    const known = rebuilt.get(tensor.id);
    if (known) return known;
    const layer = tensor.sourceLayer;
    const inputs = inputsOf(layer).map(visit);
    const output = layer.apply(inputs.length === 1 ? only(inputs, 'input') : inputs) as SymbolicTensor;
    rebuilt.set(tensor.id, output);
    return output;
  };
  // Depth first would recurse as deep as the network; layers in order of creation keep it flat.
  for (const layer of whole.layers) {
    if (kept.has(layer.name)) for (const tensor of firstOutputs(layer)) visit(tensor);
  }
  return model({ inputs: start, outputs: visit(outputOf(whole)), name: `${whole.name}_above_${at}` });
}

function firstOutputs(layer: LayersModel['layers'][number]): SymbolicTensor[] {
  return layer.inboundNodes[0]?.outputTensors ?? [];
}
