import { initializers, input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { BatchNormalization, Dropout } from './layers.ts';

/** A named run of layers that is frozen and unfrozen together. */
export interface Block {
  name: string;
  /** Layer names in order of creation. */
  layers: string[];
}

/**
 * A network ready for weights. `model` maps `[batch, inputSize, inputSize, 3]` (preprocessed) to the last
 * convolutional feature map `[batch, height, width, channels]`, or with a top to probabilities `[batch, classes]`.
 */
export interface Backbone {
  architecture: string;
  model: LayersModel;
  /** From input to output. The input layer is in none. */
  blocks: Block[];
  /** The layer whose output is the last convolutional feature map. */
  featureLayer: string;
  inputSize: number;
  alpha: number;
}

export interface BuildOptions {
  /** Height and width of the input in pixels. */
  inputSize?: number;
  /** Width multiplier, for the architectures that have one. */
  alpha?: number;
  /** With this, the classifier of the published network is built too, with as many outputs. */
  classes?: number;
  /** Draw random initial kernels (Keras' Glorot uniform). Without it they are zeros, to be filled from a file. */
  seed?: number;
}

type Padding = 'same' | 'valid';
type Size = number | [number, number];
export type Activation = 'relu' | 'softmax' | 'swish' | 'sigmoid';

interface ConvolutionOptions {
  strides?: Size;
  padding?: Padding;
  bias?: boolean;
  activation?: Activation;
}

interface PoolingOptions {
  strides?: number;
  padding?: Padding;
}

/** FNV-1a, 32 bit: gives every layer its own random stream from one seed. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const pair = (size: Size): [number, number] => (typeof size === 'number' ? [size, size] : size);

/**
 * Writes a network down layer by layer: each method adds one Keras layer of that name after `x` and returns its
 * output. Layers belong to the block begun last.
 */
export class Network {
  readonly input: SymbolicTensor;
  readonly inputSize: number;
  readonly blocks: Block[] = [];
  private readonly seed: number | undefined;

  constructor(inputSize: number, seed?: number) {
    this.inputSize = inputSize;
    this.seed = seed;
    this.input = input({ shape: [inputSize, inputSize, 3], name: 'input_1' });
  }

  /** The layers that follow belong to this block. */
  block(name: string): void {
    this.blocks.push({ name, layers: [] });
  }

  conv2d(
    x: SymbolicTensor,
    name: string,
    filters: number,
    kernelSize: Size,
    options: ConvolutionOptions = {},
  ) {
    const { strides = 1, padding = 'same', bias = true, activation } = options;
    const kernelInitializer = this.kernelInitializer(name);
    const shape = { filters, kernelSize: pair(kernelSize), strides: pair(strides), padding };
    return this.add(layers.conv2d({ name, ...shape, useBias: bias, activation, kernelInitializer }), x);
  }

  depthwiseConv2d(x: SymbolicTensor, name: string, kernelSize: number, strides: number, padding: Padding) {
    const depthwiseInitializer = this.kernelInitializer(name);
    const shape = { kernelSize, strides: pair(strides), padding };
    return this.add(layers.depthwiseConv2d({ name, ...shape, useBias: false, depthwiseInitializer }), x);
  }

  separableConv2d(x: SymbolicTensor, name: string, filters: number, kernelSize: number) {
    const depthwiseInitializer = this.kernelInitializer(`${name}/depthwise`);
    const pointwiseInitializer = this.kernelInitializer(`${name}/pointwise`);
    const shape = { filters, kernelSize, padding: 'same' as const, useBias: false };
    return this.add(
      layers.separableConv2d({ name, ...shape, depthwiseInitializer, pointwiseInitializer }),
      x,
    );
  }

  dense(x: SymbolicTensor, name: string, units: number, activation?: Activation) {
    const kernelInitializer = this.kernelInitializer(name);
    return this.add(layers.dense({ name, units, activation, kernelInitializer }), x);
  }

  batchNorm(
    x: SymbolicTensor,
    name: string,
    options: { epsilon?: number; momentum?: number; scale?: boolean } = {},
  ) {
    return this.add(new BatchNormalization({ name, ...options }), x);
  }

  dropout(x: SymbolicTensor, name: string, rate: number) {
    return this.add(new Dropout({ name, rate, seed: hashName(name) ^ (this.seed ?? 0) }), x);
  }

  activation(x: SymbolicTensor, name: string, activation: Activation) {
    return this.add(layers.activation({ name, activation }), x);
  }

  relu6(x: SymbolicTensor, name: string) {
    return this.add(layers.reLU({ name, maxValue: 6 }), x);
  }

  zeroPad(x: SymbolicTensor, name: string, padding: number | [[number, number], [number, number]]) {
    return this.add(layers.zeroPadding2d({ name, padding }), x);
  }

  maxPool(
    x: SymbolicTensor,
    name: string,
    poolSize: number,
    { strides, padding = 'valid' }: PoolingOptions = {},
  ) {
    return this.add(layers.maxPooling2d({ name, poolSize, strides: strides ?? poolSize, padding }), x);
  }

  averagePool(
    x: SymbolicTensor,
    name: string,
    poolSize: number,
    { strides, padding = 'valid' }: PoolingOptions = {},
  ) {
    return this.add(layers.averagePooling2d({ name, poolSize, strides: strides ?? poolSize, padding }), x);
  }

  globalAveragePool(x: SymbolicTensor, name: string) {
    return this.add(layers.globalAveragePooling2d({ name }), x);
  }

  flatten(x: SymbolicTensor, name: string) {
    return this.add(layers.flatten({ name }), x);
  }

  reshape(x: SymbolicTensor, name: string, targetShape: number[]) {
    return this.add(layers.reshape({ name, targetShape }), x);
  }

  sum(x: SymbolicTensor[], name: string) {
    return this.add(layers.add({ name }), x);
  }

  product(x: SymbolicTensor[], name: string) {
    return this.add(layers.multiply({ name }), x);
  }

  concatenate(x: SymbolicTensor[], name: string) {
    return this.add(layers.concatenate({ name }), x);
  }

  /** Adds a layer of any kind to the current block and applies it to `x`. */
  add(layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
    const block = this.blocks[this.blocks.length - 1];
    if (!block) throw new Error(`Layer ${layer.name} was added before the first block`);
    block.layers.push(layer.name);
    return layer.apply(x) as SymbolicTensor;
  }

  /** Closes the network at `output`; `features` is the last convolutional feature map. */
  finish(architecture: string, alpha: number, features: SymbolicTensor, output: SymbolicTensor): Backbone {
    const name = `${architecture}_${alpha}_${this.inputSize}`;
    return {
      architecture,
      model: model({ inputs: this.input, outputs: output, name }),
      blocks: this.blocks,
      featureLayer: features.sourceLayer.name,
      inputSize: this.inputSize,
      alpha,
    };
  }

  private layerSeed(name: string): number | undefined {
    return this.seed === undefined ? undefined : (hashName(name) ^ this.seed) >>> 0;
  }

  private kernelInitializer(name: string) {
    const seed = this.layerSeed(name);
    return seed === undefined ? initializers.zeros() : initializers.glorotUniform({ seed });
  }
}

/** Channels of a `[batch, height, width, channels]` tensor. */
export function channelsOf(x: SymbolicTensor): number {
  const channels = x.shape[x.shape.length - 1];
  if (typeof channels !== 'number') throw new Error(`${x.name} has no known number of channels`);
  return channels;
}

/**
 * Zero padding that makes a 'valid' convolution of stride 2 give TensorFlow's 'same' sizes, for odd inputs too.
 * @param size height and width of the input
 * @param kernel height and width of the convolution, odd
 */
export function padBeforeStride(size: number, kernel: number): [[number, number], [number, number]] {
  const after = Math.floor(kernel / 2);
  const before = size % 2 === 0 ? after - 1 : after;
  return [
    [before, after],
    [before, after],
  ];
}
