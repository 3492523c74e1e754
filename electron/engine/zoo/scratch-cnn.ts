import { GraftError } from '../../../shared/errors.ts';
import { Network } from './network.ts';
import type { Backbone } from './network.ts';

export interface ScratchCnnOptions {
  /** Height and width of the input in pixels, at least 22 for the default network. */
  inputSize: number;
  /** With this, the dense layers and the classifier are built too; else the network ends with its last map. */
  classes?: number;
  /** Without it kernels are zeros, to be filled from a file. */
  seed?: number;
  /** Filters of each block of convolution and pooling. */
  channels?: readonly number[];
  /** Units of the dense layers after them. */
  hidden?: readonly number[];
  /** Share of values dropped after each dense layer while training, 0 to 1. */
  dropout?: number;
}

/**
 * The small network that one trains when there is no backbone to carry over: the baseline transfer has to beat.
 * Three blocks of a 3x3 convolution and 2x2 max pooling, then a dense layer, as in Sarkar's comprehensive guide to
 * transfer learning ("basic CNN" for cats and dogs). Its input is pixels from 0 to 1 (preprocessing `unit`).
 * `featureLayer` is the last pooling, so that it can itself be carried over to another task.
 * @throws GraftError zoo.input-too-small
 */
export function buildScratchCnn(options: ScratchCnnOptions): Backbone {
  const { inputSize, classes, seed, channels = [16, 64, 128], hidden = [512], dropout = 0 } = options;
  const minimum = smallestInput(channels.length);
  if (inputSize < minimum) {
    throw new GraftError('zoo.input-too-small', { id: 'scratch_cnn', size: inputSize, minimum });
  }
  const net = new Network(inputSize, seed);
  let x = net.input;
  channels.forEach((filters, index) => {
    const block = `block${index + 1}`;
    net.block(block);
    x = net.conv2d(x, `${block}_conv`, filters, 3, { padding: 'valid', activation: 'relu' });
    x = net.maxPool(x, `${block}_pool`, 2);
  });
  const features = x;
  if (classes === undefined) return net.finish('scratch_cnn', 1, features, features);
  net.block('top');
  x = net.flatten(x, 'flatten');
  hidden.forEach((units, index) => {
    x = net.dense(x, `fc${index + 1}`, units, 'relu');
    if (dropout > 0) x = net.dropout(x, `fc${index + 1}_dropout`, dropout);
  });
  x = net.dense(x, 'logits', classes);
  x = net.activation(x, 'predictions', 'softmax');
  return net.finish('scratch_cnn', 1, features, x);
}

/** The input of which a single pixel is left after so many convolutions without padding, each halved: 22 for three. */
function smallestInput(blocks: number): number {
  return Array.from({ length: blocks }).reduce<number>((size) => 2 * size + 2, 1);
}
