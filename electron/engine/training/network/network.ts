import { argMax, cast, equal, mean, reshape, softmax, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { openFrozenGraph } from '../../weights/graphs/frozen-graph.ts';
import { modelTensors } from '../../weights/model-tensors.ts';
import type { ModelTensor } from '../../weights/model-tensors.ts';
import { buildHead } from '../../zoo/head.ts';
import { BatchNormalization, Dropout } from '../../zoo/layers.ts';
import type { Block } from '../../zoo/network.ts';
import { preprocess } from '../../zoo/preprocessing.ts';
import { architecture } from '../../zoo/registry.ts';
import { buildScratchCnn } from '../../zoo/scratch-cnn.ts';
import { frozenPrefix } from '../../../../shared/recipe/freezing.ts';
import { graphOf } from '../../zoo/layer-rows.ts';
import { cutAfter } from './cut.ts';
import type { VariableGroup } from '../optimization/optimizers.ts';

/** Everything needed to build a trained network again; stored beside its weights as model.json. */
export const networkSpecSchema = z.object({
  version: z.literal(1),
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('zoo'), arch: z.string(), alpha: z.number() }),
    /** An imported network, frozen: `hash` names it in the library, and the run keeps a copy. */
    z.object({ kind: z.literal('graph'), hash: z.string() }),
    z.object({ kind: z.literal('scratch-cnn'), channels: z.array(z.number().int()).default([16, 64, 128]) }),
  ]),
  input: z.object({ size: z.number().int(), resize: z.enum(['stretch', 'crop']) }),
  preprocessing: z.enum(['tf', 'caffe', 'torch', 'unit', 'none']),
  head: z.object({
    pooling: z.enum(['avg', 'flatten']),
    hidden: z.array(z.number().int()),
    dropout: z.number(),
  }),
  classes: z.array(z.string()),
});
export type NetworkSpec = z.infer<typeof networkSpecSchema>;

export interface Network {
  spec: NetworkSpec;
  /** Preprocessed pixels `[batch, size, size, 3]` to the last feature map `[batch, h, w, c]`. */
  body: LayersModel;
  blocks: Block[];
  /** Pooled features `[batch, width]` to logits `[batch, classes]`. */
  head: LayersModel;
  /** Length of the pooled feature vector. */
  featureWidth: number;
  /** File of the imported network that the body is; null for any other body. */
  graphFile: string | null;
}

/**
 * Builds a network. Kernels of the body are random from `bodySeed`, or zeros when weights will be loaded
 * (null: cheap); those of the head are always random from `headSeed`.
 * @param graphFile where the imported network lies that the body is
 */
export function buildNetwork(
  spec: NetworkSpec,
  headSeed: number,
  bodySeed: number | null,
  graphFile: string | null = null,
): Network {
  const backbone = buildBody(spec, bodySeed ?? undefined, graphFile);
  const [height = 1, width = 1, channels = 1] = (backbone.model.outputs[0] as SymbolicTensor).shape.slice(
    1,
  ) as number[];
  const featureWidth = spec.head.pooling === 'avg' ? channels : height * width * channels;
  const { hidden, dropout } = spec.head;
  const classifier = buildHead({
    featureShape: [featureWidth],
    classes: spec.classes.length,
    hidden,
    dropout,
    seed: headSeed,
  });
  const logits = classifier.getLayer('head_logits').output as SymbolicTensor;
  const head = model({ inputs: classifier.inputs, outputs: logits, name: 'head' });
  return { spec, body: backbone.model, blocks: backbone.blocks, head, featureWidth, graphFile };
}

function buildBody(spec: NetworkSpec, seed: number | undefined, graphFile: string | null) {
  const inputSize = spec.input.size;
  if (spec.body.kind === 'graph') {
    if (graphFile === null) throw new Error('The file of an imported network is not named');
    return openFrozenGraph(graphFile, inputSize);
  }
  if (spec.body.kind === 'scratch-cnn') {
    return buildScratchCnn({ inputSize, seed, channels: spec.body.channels });
  }
  return architecture(spec.body.arch).build({ inputSize, alpha: spec.body.alpha, seed });
}

/** The last feature map as one vector per picture: `[batch, h, w, c]` to `[batch, featureWidth]`. */
export function pool(map: Tensor, pooling: 'avg' | 'flatten'): Tensor2D {
  const [batch = 0] = map.shape;
  return (pooling === 'avg' ? mean(map, [1, 2]) : reshape(map, [batch, -1])) as Tensor2D;
}

/** All weights of body and head under the names they are stored by, `body/<layer>/<weight>` and `head/...`. */
export function networkTensors({ body, head }: Network): ModelTensor[] {
  const named = (prefix: string, tensors: ModelTensor[]) =>
    tensors.map((tensor) => ({ ...tensor, name: `${prefix}/${tensor.name}` }));
  return [...named('body', modelTensors(body)), ...named('head', modelTensors(head))];
}

/** The network's dropout layers: the only ones with a random state. */
export function networkDropouts({ body, head }: Network): Dropout[] {
  return [...body.layers, ...head.layers].filter((layer): layer is Dropout => layer instanceof Dropout);
}

/** What one stage trains, cut out of a network: the part below stays as it is. */
export interface Trainable {
  /** Frozen part, pixels to `cutShape`; null when nothing is frozen. */
  below: LayersModel | null;
  /** From the cut to the last feature map; null when the whole body is frozen. */
  above: LayersModel | null;
  /** Shape of what enters the trainable part: features, a map, or pixels. */
  cutShape: number[];
  /** Name of the cut, for caches: the layer below it, `pooled` or `map` for the end of the body, `input` for none. */
  cut: string;
  /** What enters at the cut to logits. With `training`, dropout and batch statistics are on. */
  forward(x: Tensor, training: boolean): Tensor2D;
  variables: Variable[];
  /** The same variables, grouped by how fast they learn: each block `decay` times as fast as the one above it. */
  groups(decay: number): VariableGroup[];
}

/**
 * Cuts the network for a stage that trains these layers of the body and the head (none: the head alone). The longest
 * frozen prefix goes below the cut. Sets `trainable` on every layer: frozen ones above the cut let the gradient pass
 * and keep their weights and stored statistics. With `stored` statistics the trained ones keep theirs too.
 */
export function cutForStage(
  network: Network,
  trained: ReadonlySet<string>,
  statistics: 'stored' | 'batch' = 'batch',
): Trainable {
  const { body, blocks, head, spec, featureWidth } = network;
  const after = frozenPrefix(graphOf(body), trained);
  const { below, above, shape } = cutAfter(body, after);
  for (const layer of body.layers) {
    layer.trainable = trained.has(layer.name);
    if (layer instanceof BatchNormalization) layer.stored = statistics === 'stored';
  }
  const variablesOf = (layers: LayersModel['layers']) =>
    layers.flatMap((layer) => layer.trainableWeights.map((weight) => weight.read() as Variable));
  const bodyVariables = (names: ReadonlySet<string>) =>
    variablesOf(above?.layers.filter((layer) => names.has(layer.name)) ?? []);
  const variables = [...bodyVariables(trained), ...variablesOf(head.layers)];
  const pooledCut = above === null && spec.head.pooling === 'avg';
  const cutName = () => {
    if (above === null) return pooledCut ? 'pooled' : 'map';
    return after ?? 'input';
  };
  return {
    below,
    above,
    cutShape: pooledCut ? [featureWidth] : shape,
    cut: cutName(),
    forward(x, training) {
      const map = above === null ? x : (above.apply(x, { training }) as Tensor);
      const features = map.shape.length === 2 ? map : pool(map, spec.head.pooling);
      return head.apply(features, { training }) as Tensor2D;
    },
    variables,
    groups(decay) {
      if (decay === 1) return [{ variables, factor: 1 }];
      const blockGroups = [...blocks].reverse().map((block, depth) => ({
        variables: bodyVariables(new Set(block.layers)),
        factor: decay ** (depth + 1),
      }));
      return [
        { variables: variablesOf(head.layers), factor: 1 },
        ...blockGroups.filter((group) => group.variables.length > 0),
      ];
    },
  };
}

/** Marks a cut where each channel's mean is taken instead of the whole map. */
const meanCut = ':mean';

/** What stays frozen, with its output as one vector per picture: to look through, not to train on. */
export function pooledBelow(part: Trainable): Trainable {
  if (part.below === null || part.cutShape.length === 1) return part;
  return { ...part, cut: `${part.cut}${meanCut}`, cutShape: part.cutShape.slice(-1) };
}

/** Frozen forward pass up to the cut: uint8 pixels `[batch, size, size, 3]` to `[batch, ...cutShape]`. */
export function below(network: Network, part: Trainable, pixels: Tensor4D): Tensor {
  return tidy(() => {
    const x = preprocess(pixels, network.spec.preprocessing);
    if (part.below === null) return x;
    const map = part.below.apply(x, { training: false }) as Tensor;
    return part.cut === 'pooled' || part.cut.endsWith(meanCut) ? pool(map, 'avg') : map;
  });
}

/** The whole network: pixels 0 to 255 `[batch, size, size, 3]` to probabilities `[batch, classes]`. */
export function probabilities(network: Network, pixels: Tensor4D): Tensor2D {
  return tidy(() => {
    const map = network.body.apply(preprocess(pixels, network.spec.preprocessing), {
      training: false,
    }) as Tensor;
    return softmax(network.head.apply(pool(map, network.spec.head.pooling), { training: false }) as Tensor2D);
  });
}

/**
 * The same, with what the picture was judged by: the last feature map averaged over its places, `[batch, channels]`,
 * whatever the head pools.
 */
export function judge(network: Network, pixels: Tensor4D): { probabilities: Tensor2D; features: Tensor2D } {
  return tidy(() => {
    const { body, head, spec } = network;
    const map = body.apply(preprocess(pixels, spec.preprocessing), { training: false }) as Tensor;
    const logits = head.apply(pool(map, spec.head.pooling), { training: false }) as Tensor2D;
    return { probabilities: softmax(logits), features: pool(map, 'avg') };
  });
}

/** 1 where the largest logit is the label: `[batch]`. */
export function hits(logits: Tensor2D, labels: Tensor): Tensor {
  return cast(equal(argMax(logits, 1), labels), 'float32');
}
