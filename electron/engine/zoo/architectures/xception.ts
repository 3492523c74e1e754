import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Network } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Blocks that halve the map: number, filters of their two separable convolutions. */
const entryFlow = [
  [2, 128, 128],
  [3, 256, 256],
  [4, 728, 728],
] as const;
const middleFlow = [5, 6, 7, 8, 9, 10, 11, 12];
const exitFlow = [13, 728, 1024] as const;

/**
 * Xception: Deep Learning with Depthwise Separable Convolutions (Chollet 2016, https://arxiv.org/abs/1610.02357),
 * figure 5, with Keras' layer names; the four convolutions on the shortcuts have none there and are numbered.
 */
export function buildXception({ inputSize = 299, classes, seed }: BuildOptions): Backbone {
  const net = new Network(inputSize, seed);
  net.block('block1');
  let x = net.conv2d(net.input, 'block1_conv1', 32, 3, { strides: 2, padding: 'valid', bias: false });
  x = net.batchNorm(x, 'block1_conv1_bn');
  x = net.activation(x, 'block1_conv1_act', 'relu');
  x = net.conv2d(x, 'block1_conv2', 64, 3, { padding: 'valid', bias: false });
  x = net.batchNorm(x, 'block1_conv2_bn');
  x = net.activation(x, 'block1_conv2_act', 'relu');

  entryFlow.forEach(([number, ...filters], index) => (x = halvingBlock(net, x, number, filters, index + 1)));
  for (const number of middleFlow) x = middleBlock(net, x, number);
  const [number, ...filters] = exitFlow;
  x = halvingBlock(net, x, number, filters, entryFlow.length + 1);

  net.block('block14');
  x = separable(net, x, 'block14_sepconv1', 1536);
  x = net.activation(x, 'block14_sepconv1_act', 'relu');
  x = separable(net, x, 'block14_sepconv2', 2048);
  x = net.activation(x, 'block14_sepconv2_act', 'relu');
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'avg_pool');
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish('xception', 1, features, x);
}

function separable(net: Network, x: SymbolicTensor, name: string, filters: number): SymbolicTensor {
  return net.batchNorm(net.separableConv2d(x, name, filters, 3), `${name}_bn`);
}

/** Two separable convolutions and max pooling, beside a strided 1x1 convolution. */
function halvingBlock(
  net: Network,
  input: SymbolicTensor,
  number: number,
  filters: readonly number[],
  shortcuts: number,
) {
  const name = `block${number}`;
  net.block(name);
  const [first = 0, second = 0] = filters;
  let shortcut = net.conv2d(input, `conv2d_${shortcuts}`, second, 1, { strides: 2, bias: false });
  shortcut = net.batchNorm(shortcut, `batch_normalization_${shortcuts}`);
  // The stem ends with an activation, so the first block does not begin with one.
  let x = number === 2 ? input : net.activation(input, `${name}_sepconv1_act`, 'relu');
  x = separable(net, x, `${name}_sepconv1`, first);
  x = net.activation(x, `${name}_sepconv2_act`, 'relu');
  x = separable(net, x, `${name}_sepconv2`, second);
  x = net.maxPool(x, `${name}_pool`, 3, { strides: 2, padding: 'same' });
  return net.sum([x, shortcut], `${name}_add`);
}

/** Three separable convolutions of 728 filters beside the identity. */
function middleBlock(net: Network, input: SymbolicTensor, number: number): SymbolicTensor {
  const name = `block${number}`;
  net.block(name);
  let x = input;
  for (let i = 1; i <= 3; i++) {
    x = net.activation(x, `${name}_sepconv${i}_act`, 'relu');
    x = separable(net, x, `${name}_sepconv${i}`, 728);
  }
  return net.sum([x, input], `${name}_add`);
}
