import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Network, channelsOf, padBeforeStride } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Kernel, repetitions, filters, expansion and stride of each stage: table 1 of the paper. */
const stages = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const;

/** Share of a block's input channels that squeeze-and-excitation passes through. */
const squeeze = 0.25;
const topDropout = 0.2;

interface BlockShape {
  kernel: number;
  filters: number;
  expansion: number;
  strides: number;
}

/**
 * EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks
 * (Tan & Le 2019, https://arxiv.org/abs/1905.11946), with Keras' layer names.
 * Keras puts the scaling of pixels inside the network; here it is preprocessing `torch`, which computes the same.
 * Stochastic depth (Keras' `drop` layers, which act in training alone and have no weights) is left out.
 */
export function buildEfficientnetB0({ inputSize = 224, classes, seed }: BuildOptions): Backbone {
  const net = new Network(inputSize, seed);
  net.block('stem');
  let x = net.zeroPad(net.input, 'stem_conv_pad', padBeforeStride(inputSize, 3));
  x = net.conv2d(x, 'stem_conv', 32, 3, { strides: 2, padding: 'valid', bias: false });
  x = net.batchNorm(x, 'stem_bn');
  x = net.activation(x, 'stem_activation', 'swish');

  stages.forEach(([kernel, repetitions, filters, expansion, strides], index) => {
    net.block(`block${index + 1}`);
    for (let i = 0; i < repetitions; i++) {
      const name = `block${index + 1}${'abcd'.charAt(i)}_`;
      x = invertedResidual(net, x, name, { kernel, filters, expansion, strides: i === 0 ? strides : 1 });
    }
  });

  net.block('last_conv');
  x = net.conv2d(x, 'top_conv', 1280, 1, { bias: false });
  x = net.batchNorm(x, 'top_bn');
  x = net.activation(x, 'top_activation', 'swish');
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'avg_pool');
    x = net.dropout(x, 'top_dropout', topDropout);
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish('efficientnet_b0', 1, features, x);
}

/** MobileNetV2's block with squeeze-and-excitation between the depthwise convolution and the projection. */
function invertedResidual(
  net: Network,
  input: SymbolicTensor,
  name: string,
  shape: BlockShape,
): SymbolicTensor {
  const { kernel, filters, expansion, strides } = shape;
  let x = input;
  if (expansion > 1) {
    x = net.conv2d(x, `${name}expand_conv`, expansion * channelsOf(input), 1, { bias: false });
    x = net.batchNorm(x, `${name}expand_bn`);
    x = net.activation(x, `${name}expand_activation`, 'swish');
  }
  if (strides === 2) x = net.zeroPad(x, `${name}dwconv_pad`, padBeforeStride(x.shape[1] ?? 0, kernel));
  x = net.depthwiseConv2d(x, `${name}dwconv`, kernel, strides, strides === 2 ? 'valid' : 'same');
  x = net.batchNorm(x, `${name}bn`);
  x = net.activation(x, `${name}activation`, 'swish');
  x = squeezeAndExcite(net, x, name, Math.max(1, Math.floor(channelsOf(input) * squeeze)));
  x = net.conv2d(x, `${name}project_conv`, filters, 1, { bias: false });
  x = net.batchNorm(x, `${name}project_bn`);
  const fits = strides === 1 && channelsOf(input) === filters;
  return fits ? net.sum([x, input], `${name}add`) : x;
}

/** Weighs each channel by what the whole image shows (Hu et al. 2017, https://arxiv.org/abs/1709.01507). */
function squeezeAndExcite(
  net: Network,
  input: SymbolicTensor,
  name: string,
  reduced: number,
): SymbolicTensor {
  const channels = channelsOf(input);
  let x = net.globalAveragePool(input, `${name}se_squeeze`);
  x = net.reshape(x, `${name}se_reshape`, [1, 1, channels]);
  x = net.conv2d(x, `${name}se_reduce`, reduced, 1, { activation: 'swish' });
  x = net.conv2d(x, `${name}se_expand`, channels, 1, { activation: 'sigmoid' });
  return net.product([input, x], `${name}se_excite`);
}
