import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayerRow } from '../../../shared/contract/zoo.ts';
import type { GraphLayer } from '../../../shared/recipe/freezing.ts';
import { Dropout } from './layers.ts';
import type { Backbone } from './network.ts';

type Layer = LayersModel['layers'][number];

/** A model's layers without its input, each after the ones it reads. */
export function graphOf(model: LayersModel): GraphLayer[] {
  const start = new Set(model.inputs.map(({ sourceLayer }) => sourceLayer.name));
  return model.layers
    .filter(({ name }) => !start.has(name))
    .map((layer) => ({
      name: layer.name,
      inputs: inputsOf(layer),
      learns: layer.weights.length > 0 || layer instanceof Dropout,
    }));
}

/** Names of the layers a layer reads where it was first applied. */
function inputsOf(layer: Layer): string[] {
  return (layer.inboundNodes[0]?.inputTensors ?? []).map((tensor) => tensor.sourceLayer.name);
}

/** A backbone's layers as a person reads them, in the order of its blocks, from input to output. */
export function layerRows({ model, blocks }: Backbone): LayerRow[] {
  return blocks.flatMap((block) => block.layers.map((name) => layerRow(model.getLayer(name), block.name)));
}

function layerRow(layer: Layer, block: string): LayerRow {
  const outputShape = (layer.outputShape as (number | null)[]).slice(1);
  const positions = outputShape.slice(0, -1).reduce<number>((product, side) => product * (side ?? 1), 1);
  const shapes = layer.weights.map((weight) => weight.shape as number[]);
  const kernels = shapes.filter((shape) => shape.length > 1);
  return {
    name: layer.name,
    type: layer.getClassName(),
    block,
    outputShape,
    params: shapes.reduce((sum, shape) => sum + sizeOf(shape), 0),
    statistics: layer.nonTrainableWeights
      .filter(({ originalName }) => /moving_(mean|variance)$/.test(originalName))
      .reduce((sum, { shape }) => sum + sizeOf(shape as number[]), 0),
    // Every kernel here, depthwise ones too, is applied once at each position of the output.
    macs: positions * kernels.reduce((sum, shape) => sum + sizeOf(shape), 0),
    inputs: inputsOf(layer),
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
