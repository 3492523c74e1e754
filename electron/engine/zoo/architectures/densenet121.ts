import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Network, channelsOf } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Layers of each dense block: table 1 of the paper, DenseNet-121. */
const denseBlocks = [6, 12, 24, 16];
/** Channels each layer adds. */
const growth = 32;
const bottleneck = 4 * growth;
const norm = { epsilon: 1.001e-5 };

/**
 * Densely Connected Convolutional Networks (Huang et al. 2016, https://arxiv.org/abs/1608.06993), with Keras'
 * layer names.
 */
export function buildDensenet121({ inputSize = 224, classes, seed }: BuildOptions): Backbone {
  const net = new Network(inputSize, seed);
  net.block('conv1');
  let x = net.zeroPad(net.input, 'zero_padding2d', 3);
  x = net.conv2d(x, 'conv1_conv', 64, 7, { strides: 2, padding: 'valid', bias: false });
  x = net.batchNorm(x, 'conv1_bn', norm);
  x = net.activation(x, 'conv1_relu', 'relu');
  x = net.zeroPad(x, 'zero_padding2d_1', 1);
  x = net.maxPool(x, 'pool1', 3, { strides: 2 });

  denseBlocks.forEach((count, index) => {
    const stage = index + 2;
    net.block(`conv${stage}`);
    for (let i = 1; i <= count; i++) x = denseLayer(net, x, `conv${stage}_block${i}`);
    if (stage < denseBlocks.length + 1) x = transition(net, x, `pool${stage}`);
  });
  x = net.batchNorm(x, 'bn', norm);
  x = net.activation(x, 'relu', 'relu');
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'avg_pool');
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish('densenet121', 1, features, x);
}

/** Normalize, reduce by 1x1, filter by 3x3, and put the result beside the input. */
function denseLayer(net: Network, input: SymbolicTensor, name: string): SymbolicTensor {
  let x = net.batchNorm(input, `${name}_0_bn`, norm);
  x = net.activation(x, `${name}_0_relu`, 'relu');
  x = net.conv2d(x, `${name}_1_conv`, bottleneck, 1, { bias: false });
  x = net.batchNorm(x, `${name}_1_bn`, norm);
  x = net.activation(x, `${name}_1_relu`, 'relu');
  x = net.conv2d(x, `${name}_2_conv`, growth, 3, { bias: false });
  return net.concatenate([input, x], `${name}_concat`);
}

/** Half the channels, half the height and width. */
function transition(net: Network, input: SymbolicTensor, name: string): SymbolicTensor {
  let x = net.batchNorm(input, `${name}_bn`, norm);
  x = net.activation(x, `${name}_relu`, 'relu');
  x = net.conv2d(x, `${name}_conv`, channelsOf(input) / 2, 1, { bias: false });
  return net.averagePool(x, `${name}_pool`, 2);
}
