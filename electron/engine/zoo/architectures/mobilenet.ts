import { Network, channelsOf } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Filters and stride of the 13 depthwise separable blocks: table 1 of the paper. */
const separableBlocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/** Channels of the last feature map. */
export function mobilenetWidth(alpha: number): number {
  return Math.floor(1024 * alpha);
}

/**
 * MobileNet: Efficient Convolutional Neural Networks for Mobile Vision Applications
 * (Howard et al. 2017, https://arxiv.org/abs/1704.04861), with Keras' layer names.
 */
export function buildMobilenet({ inputSize = 224, alpha = 1, classes, seed }: BuildOptions): Backbone {
  const net = new Network(inputSize, seed);
  net.block('stem');
  let x = net.conv2d(net.input, 'conv1', Math.floor(32 * alpha), 3, { strides: 2, bias: false });
  x = net.batchNorm(x, 'conv1_bn');
  x = net.relu6(x, 'conv1_relu');

  separableBlocks.forEach(([filters, strides], index) => {
    const id = index + 1;
    net.block(`block_${id}`);
    if (strides === 2) x = net.zeroPad(x, `conv_pad_${id}`, [[0, 1], [0, 1]]); // prettier-ignore
    x = net.depthwiseConv2d(x, `conv_dw_${id}`, 3, strides, strides === 2 ? 'valid' : 'same');
    x = net.batchNorm(x, `conv_dw_${id}_bn`);
    x = net.relu6(x, `conv_dw_${id}_relu`);
    x = net.conv2d(x, `conv_pw_${id}`, Math.floor(filters * alpha), 1, { bias: false });
    x = net.batchNorm(x, `conv_pw_${id}_bn`);
    x = net.relu6(x, `conv_pw_${id}_relu`);
  });
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'global_average_pooling2d');
    x = net.reshape(x, 'reshape_1', [1, 1, channelsOf(features)]);
    x = net.dropout(x, 'dropout', 1e-3);
    x = net.conv2d(x, 'conv_preds', classes, 1);
    x = net.reshape(x, 'reshape_2', [classes]);
    x = net.activation(x, 'predictions', 'softmax');
  }
  return net.finish('mobilenet', alpha, features, x);
}
