import { initializers, input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Dropout } from './layers.ts';

export interface HeadOptions {
  /** What the backbone gives for one image: `[channels]` already averaged, or a map `[height, width, channels]`. */
  featureShape: readonly number[];
  classes: number;
  /** How a map becomes a vector. Default: global average pooling. */
  pooling?: 'average' | 'max' | 'flatten';
  /** Units of the dense ReLU layers before the last one. Default: none. */
  hidden?: readonly number[];
  /** Share of values dropped before every dense layer while training, 0 to 1. Default 0. */
  dropout?: number;
  seed: number;
}

/**
 * The new classifier put on a backbone: pooling (for a map), dropout, dense layers, softmax.
 * Two classes too get two outputs and a softmax, so that everything after it knows one kind of output.
 * The output of layer `head_logits` is the logits, that of the model (`head_predictions`) probabilities.
 */
export function buildHead(options: HeadOptions): LayersModel {
  const { featureShape, classes, hidden = [], dropout = 0, seed } = options;
  const features = input({ shape: [...featureShape], name: 'head_input' });
  let x = toVector(features, featureShape.length, options.pooling ?? 'average');
  hidden.forEach((units, index) => {
    x = drop(x, `head_dropout_${index + 1}`, dropout, seed + 2 * index);
    const kernelInitializer = initializers.glorotUniform({ seed: seed + 2 * index + 1 });
    const name = `head_dense_${index + 1}`;
    x = layers.dense({ name, units, activation: 'relu', kernelInitializer }).apply(x) as SymbolicTensor;
  });
  x = drop(x, 'head_dropout', dropout, seed + 2 * hidden.length);
  const kernelInitializer = initializers.glorotUniform({ seed: seed + 2 * hidden.length + 1 });
  x = layers.dense({ name: 'head_logits', units: classes, kernelInitializer }).apply(x) as SymbolicTensor;
  x = layers.activation({ name: 'head_predictions', activation: 'softmax' }).apply(x) as SymbolicTensor;
  return model({ inputs: features, outputs: x, name: 'head' });
}

function toVector(
  features: SymbolicTensor,
  rank: number,
  pooling: 'average' | 'max' | 'flatten',
): SymbolicTensor {
  if (rank === 1) return features;
  const name = 'head_pool';
  const layer = {
    average: () => layers.globalAveragePooling2d({ name }),
    max: () => layers.globalMaxPooling2d({ name }),
    flatten: () => layers.flatten({ name }),
  }[pooling]();
  return layer.apply(features) as SymbolicTensor;
}

function drop(x: SymbolicTensor, name: string, rate: number, seed: number): SymbolicTensor {
  return rate === 0 ? x : (new Dropout({ name, rate, seed }).apply(x) as SymbolicTensor);
}
