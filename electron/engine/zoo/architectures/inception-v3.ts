import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Network } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

type Convolve = (
  x: SymbolicTensor,
  filters: number,
  kernel: number | [height: number, width: number],
  options?: { strides?: number; padding?: 'same' | 'valid' },
) => SymbolicTensor;

/** What a mixed block is written with: a convolution and the two kinds of pooling. */
interface Bricks {
  net: Network;
  conv: Convolve;
  averagePool(x: SymbolicTensor): SymbolicTensor;
  maxPool(x: SymbolicTensor): SymbolicTensor;
}

const halve = { strides: 2, padding: 'valid' } as const;

/**
 * Rethinking the Inception Architecture for Computer Vision (Szegedy et al. 2015, https://arxiv.org/abs/1512.00567).
 * Keras does not name its layers, it numbers them in the order in which they are made; so does this file, from 1.
 */
export function buildInceptionV3({ inputSize = 299, classes, seed }: BuildOptions): Backbone {
  const net = new Network(inputSize, seed);
  const bricks = makeBricks(net);
  const { conv, maxPool } = bricks;

  net.block('stem');
  let x = conv(net.input, 32, 3, halve);
  x = conv(x, 32, 3, { padding: 'valid' });
  x = conv(x, 64, 3);
  x = maxPool(x);
  x = conv(x, 80, 1, { padding: 'valid' });
  x = conv(x, 192, 3, { padding: 'valid' });
  x = maxPool(x);

  [32, 64, 64].forEach((poolFilters, index) => (x = mixed5x5(bricks, x, `mixed${index}`, poolFilters)));
  x = reduceTo17(bricks, x, 'mixed3');
  [128, 160, 160, 192].forEach((filters, index) => (x = mixed7x7(bricks, x, `mixed${index + 4}`, filters)));
  x = reduceTo8(bricks, x, 'mixed8');
  [9, 10].forEach((number) => (x = mixedWide(bricks, x, number)));
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'avg_pool');
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish('inception_v3', 1, features, x);
}

function makeBricks(net: Network): Bricks {
  let [convolutions, averages, maxima] = [0, 0, 0];
  return {
    net,
    conv: (x, filters, kernel, options = {}) => {
      const k = ++convolutions;
      x = net.conv2d(x, `conv2d_${k}`, filters, kernel, { ...options, bias: false });
      x = net.batchNorm(x, `batch_normalization_${k}`, { scale: false });
      return net.activation(x, `activation_${k}`, 'relu');
    },
    averagePool: (x) =>
      net.averagePool(x, `average_pooling2d_${++averages}`, 3, { strides: 1, padding: 'same' }),
    maxPool: (x) => net.maxPool(x, `max_pooling2d_${++maxima}`, 3, { strides: 2 }),
  };
}

/** 35x35: 1x1, 5x5, double 3x3 and pooling side by side. */
function mixed5x5({ net, conv, averagePool }: Bricks, x: SymbolicTensor, name: string, poolFilters: number) {
  net.block(name);
  const one = conv(x, 64, 1);
  const five = conv(conv(x, 48, 1), 64, 5);
  const double = conv(conv(conv(x, 64, 1), 96, 3), 96, 3);
  const pool = conv(averagePool(x), poolFilters, 1);
  return net.concatenate([one, five, double, pool], name);
}

/** 35x35 to 17x17. */
function reduceTo17({ net, conv, maxPool }: Bricks, x: SymbolicTensor, name: string) {
  net.block(name);
  const three = conv(x, 384, 3, halve);
  const double = conv(conv(conv(x, 64, 1), 96, 3), 96, 3, halve);
  return net.concatenate([three, double, maxPool(x)], name);
}

/** 17x17: 7x7 written as 1x7 and 7x1. */
function mixed7x7({ net, conv, averagePool }: Bricks, x: SymbolicTensor, name: string, filters: number) {
  net.block(name);
  const one = conv(x, 192, 1);
  const seven = conv(conv(conv(x, filters, 1), filters, [1, 7]), 192, [7, 1]);
  let double = conv(x, filters, 1);
  double = conv(conv(double, filters, [7, 1]), filters, [1, 7]);
  double = conv(conv(double, filters, [7, 1]), 192, [1, 7]);
  const pool = conv(averagePool(x), 192, 1);
  return net.concatenate([one, seven, double, pool], name);
}

/** 17x17 to 8x8. */
function reduceTo8({ net, conv, maxPool }: Bricks, x: SymbolicTensor, name: string) {
  net.block(name);
  const three = conv(conv(x, 192, 1), 320, 3, halve);
  const seven = conv(conv(conv(conv(x, 192, 1), 192, [1, 7]), 192, [7, 1]), 192, 3, halve);
  return net.concatenate([three, seven, maxPool(x)], name);
}

/** 8x8: the 3x3 is spread into 1x3 and 3x1 side by side. */
function mixedWide({ net, conv, averagePool }: Bricks, x: SymbolicTensor, number: number) {
  net.block(`mixed${number}`);
  const one = conv(x, 320, 1);
  const narrow = conv(x, 384, 1);
  const three = net.concatenate(
    [conv(narrow, 384, [1, 3]), conv(narrow, 384, [3, 1])],
    `mixed9_${number - 9}`,
  );
  const stem = conv(conv(x, 448, 1), 384, 3);
  const double = net.concatenate(
    [conv(stem, 384, [1, 3]), conv(stem, 384, [3, 1])],
    `concatenate_${number - 8}`,
  );
  const pool = conv(averagePool(x), 192, 1);
  return net.concatenate([one, three, double, pool], `mixed${number}`);
}
