import { frozenPrefix } from './freezing.ts';
import type { GraphLayer } from './freezing.ts';
import type { OptimizerSettings } from './recipe.ts';

/**
 * How long an epoch of a stage will take and how much memory, from what a backbone's forward pass was measured to take
 * on this machine and the sizes of its layers. These are estimates: good for choosing between cuts, within a factor
 * of about two of what will be seen (`tests/integration/estimate.test.ts` compares them with real runs).
 */

/** A layer with what it costs. `params` counts its `statistics` too. */
export interface LayerCost extends GraphLayer {
  params: number;
  /** A batch normalization's mean and variance: they follow the data, not a gradient. */
  statistics: number;
  /** Multiplications with additions for one picture. */
  macs: number;
  /** Values of the output for one picture. */
  outputs: number;
}

export interface StagePlan {
  /** The body, each layer after the ones it reads. */
  layers: readonly LayerCost[];
  /** Names of the body's layers the stage trains. */
  trained: ReadonlySet<string>;
  head: { hidden: readonly number[]; pooling: 'avg' | 'flatten'; classes: number };
  /** Shape of the last feature map, `[height, width, channels]`. */
  featureShape: readonly number[];
  items: { train: number; validation: number; test: number };
  /** Augmented copies of each training picture cached at the cut; 0 without augmentation. */
  variants: number;
  inputSize: number;
  batchSize: number;
  optimizer: OptimizerSettings['name'];
  /** Measured ms of the whole body's forward pass for one picture; null when nothing was measured. */
  msPerImage: number | null;
}

export interface StageEstimate {
  params: { trainable: number; frozen: number };
  /** The last layer computed once per picture and cached; null when every layer runs in every step. */
  cachedAt: string | null;
  /** Whether what enters the trained part is too much to keep, so that the frozen part runs in every step. */
  tooLargeToCache: boolean;
  /** Seconds of the frozen part over all pictures, once; null without a measured speed. */
  firstPassSeconds: number | null;
  epochSeconds: number | null;
  /** Bytes kept on disk of what enters the trained part, of every picture and its augmented copies; 0 when nothing is. */
  diskBytes: number;
  /** Bytes the run needs, besides what the engine takes by itself. */
  memory: number;
}

/** Inputs of a stage are held in memory up to this many bytes; beyond, the frozen part runs in every step. */
export const rowBudget = 4 * 2 ** 30;

/**
 * Reading and writing one value costs about as much as this many multiplications: a processor core does some 50 G of
 * them a second and moves some 10 GB. It is why a depthwise layer takes longer than its few multiplications say.
 */
const macsPerValue = 25;
/**
 * The same in a training step, where nothing is folded into its neighbour and a batch normalization goes over its
 * input several times. Fitted, like the next two, to steps of MobileNetV2, ResNet50 and VGG16 on two processors.
 */
const macsPerTrainedValue = 180;
/** Weights that are not baked in are slower by this. */
const unbakedFactor = 1.5;
/** What a step holds of each value of a layer it goes through: itself, its gradients and what lies in between. */
const copiesPerValue = 5;
/** Recording a layer's part of a step and its way back, ms per layer and step. */
const msPerLayerStep = 0.4;
const bytesPerValue = 4;
/** Pictures that go through the frozen part at once. */
const featureBatch = 32;

/** Values an optimizer keeps for each trained one, besides the gradient. */
const slots: Record<OptimizerSettings['name'], number> = {
  sgd: 0,
  momentum: 1,
  nesterov: 1,
  adagrad: 1,
  rmsprop: 2,
  adam: 2,
  adamw: 2,
  adadelta: 2,
};

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

export function estimateStage(plan: StagePlan): StageEstimate {
  const split = splitBody(plan);
  const params = countParams(plan);
  const head = headOf(plan);
  const rows = rowsOf(plan, split);
  const { firstPassSeconds, epochSeconds } = times(plan, split, head.macs, rows.fits);
  return {
    params: { trainable: params.trainable + head.params, frozen: params.frozen },
    cachedAt: rows.fits ? split.cachedAt : null,
    tooLargeToCache: split.cachedAt !== null && !rows.fits,
    firstPassSeconds,
    epochSeconds,
    diskBytes: rows.fits && split.cachedAt !== null ? rows.bytes : 0,
    memory: memoryOf(plan, split, params, head.params, rows.bytes),
  };
}

interface Split {
  cachedAt: string | null;
  below: readonly LayerCost[];
  above: readonly LayerCost[];
}

/** The frozen prefix and what runs in every step. Branches that end at the cut count to it. */
function splitBody({ layers, trained }: StagePlan): Split {
  const cachedAt = frozenPrefix(layers, trained);
  const end = layers.findIndex(({ name }) => name === cachedAt) + 1;
  return { cachedAt, below: layers.slice(0, end), above: layers.slice(end) };
}

function countParams({ layers, trained }: StagePlan): { trainable: number; frozen: number } {
  const all = sum(layers.map(({ params }) => params));
  const moving = layers.filter(({ name }) => trained.has(name));
  const trainable = sum(moving.map(({ params, statistics }) => params - statistics));
  return { trainable, frozen: all - trainable };
}

/** Weights and multiplications of the dense layers on top: as many of one as of the other, but for the biases. */
function headOf({ head, featureShape }: StagePlan): { params: number; macs: number } {
  const width = head.pooling === 'avg' ? (featureShape.at(-1) ?? 1) : product(featureShape);
  const widths = [width, ...head.hidden, head.classes];
  const pairs = widths.slice(1).map((units, index) => [widths[index] as number, units] as const);
  const macs = sum(pairs.map(([inputs, units]) => inputs * units));
  return { params: macs + sum(pairs.map(([, units]) => units)), macs };
}

/** What is held in memory of every picture: what enters the trained part, or the pixels. */
function rowsOf(plan: StagePlan, { cachedAt, above, below }: Split): { fits: boolean; bytes: number } {
  const { items, variants, inputSize, head, featureShape } = plan;
  const all = items.train + items.validation + items.test;
  const pixels = all * inputSize * inputSize * 3;
  if (cachedAt === null) return { fits: true, bytes: pixels };
  const pooled = above.length === 0 && head.pooling === 'avg';
  const values = pooled ? (featureShape.at(-1) ?? 1) : (below.at(-1)?.outputs ?? 0);
  const bytes = (all + items.train * variants) * values * bytesPerValue;
  return bytes <= rowBudget ? { fits: true, bytes } : { fits: false, bytes: pixels };
}

/** What a layer of a frozen pass costs, in multiplications. */
export const layerCost = ({ macs, outputs }: LayerCost): number => macs + macsPerValue * outputs;
const trainingCostOf = ({ macs, outputs }: LayerCost): number =>
  unbakedFactor * macs + macsPerTrainedValue * outputs;

/**
 * The measured pass is shared out to the layers by their cost. A layer above the cut runs forward; where gradients
 * pass it costs as much again to send them on, and where it learns as much again to form its own (the backward pass is
 * about twice the forward one).
 */
function times(
  plan: StagePlan,
  { below, above, cachedAt }: Split,
  headMacs: number,
  cached: boolean,
): Pick<StageEstimate, 'firstPassSeconds' | 'epochSeconds'> {
  const { layers, trained, items, variants, msPerImage, batchSize, head } = plan;
  if (msPerImage === null) return { firstPassSeconds: null, epochSeconds: null };
  const msPerCost = msPerImage / sum(layers.map(layerCost));
  const belowMs = msPerCost * sum(below.map(layerCost));
  const forwardMs = msPerCost * sum(above.map(trainingCostOf));
  const backwardMs =
    msPerCost * sum(above.map((layer) => trainingCostOf(layer) * (trained.has(layer.name) ? 2 : 1)));
  const headMs = msPerCost * unbakedFactor * headMacs;
  const everyStep = cachedAt !== null && !cached ? belowMs : 0;
  const trainMs = everyStep + forwardMs + backwardMs + 3 * headMs;
  const measureMs = everyStep + forwardMs + headMs;
  const steps = Math.ceil(items.train / batchSize);
  const recordMs = steps * msPerLayerStep * (above.length + head.hidden.length + 1);
  const all = items.train * (1 + variants) + items.validation + items.test;
  return {
    firstPassSeconds: cached && cachedAt !== null ? (all * belowMs) / 1000 : 0,
    epochSeconds: (items.train * trainMs + items.validation * measureMs + recordMs) / 1000,
  };
}

/**
 * Weights as they are, as they were before (for the proof) and at the best epoch, gradients and the optimizer's
 * slots, what is held of every picture, and the larger of the two kinds of work: a batch through the frozen part, or a
 * step, which keeps every value of the trained part until the way back.
 */
function memoryOf(
  { layers, batchSize, optimizer }: StagePlan,
  { below, above }: Split,
  { trainable }: { trainable: number },
  headParams: number,
  rowBytes: number,
): number {
  const all = sum(layers.map(({ params }) => params)) + headParams;
  const moving = trainable + headParams;
  const weights = 2 * all + (2 + slots[optimizer]) * moving;
  const widest = (part: readonly LayerCost[]) => Math.max(0, ...part.map(({ outputs }) => outputs));
  const frozenPass = featureBatch * 2 * widest(below);
  const step = copiesPerValue * batchSize * sum(above.map(({ outputs }) => outputs));
  return rowBytes + bytesPerValue * (weights + Math.max(frozenPass, step));
}
