import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Network, channelsOf, padBeforeStride } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Filters and stride of the 17 inverted residual blocks: table 2 of the paper, one row per repetition. */
const invertedResiduals = [
  [16, 1],
  [24, 2],
  [24, 1],
  [32, 2],
  [32, 1],
  [32, 1],
  [64, 2],
  [64, 1],
  [64, 1],
  [64, 1],
  [96, 1],
  [96, 1],
  [96, 1],
  [160, 2],
  [160, 1],
  [160, 1],
  [320, 1],
] as const;

const expansion = 6;

/** Where the two published forms of the network differ. */
interface Form {
  id: string;
  norm: { epsilon: number; momentum: number };
  /** Zeros put around a map of this size before a 3x3 convolution of stride 2. */
  pad(size: number): [[number, number], [number, number]];
}

const keras: Form = {
  id: 'mobilenet_v2',
  norm: { epsilon: 1e-3, momentum: 0.999 },
  pad: (size) => padBeforeStride(size, 3),
};
const torch: Form = {
  id: 'mobilenet_v2_torch',
  norm: { epsilon: 1e-5, momentum: 0.9 },
  pad: () => [[1, 1], [1, 1]], // prettier-ignore
};

/** The nearest multiple of 8 that is at most a tenth below `filters`. */
function divisibleBy8(filters: number): number {
  const rounded = Math.max(8, Math.floor((filters + 4) / 8) * 8);
  return rounded < 0.9 * filters ? rounded + 8 : rounded;
}

/** Channels of the last feature map: a width multiplier below 1 leaves them alone. */
export function mobilenetV2Width(alpha: number): number {
  return alpha > 1 ? divisibleBy8(1280 * alpha) : 1280;
}

/**
 * MobileNetV2: Inverted Residuals and Linear Bottlenecks
 * (Sandler et al. 2018, https://arxiv.org/abs/1801.04381), with Keras' layer names.
 */
export function buildMobilenetV2(options: BuildOptions): Backbone {
  return build(keras, options);
}

/** The form torchvision publishes: padded on both sides alike, another epsilon. Weights of the two do not mix. */
export function buildMobilenetV2Torch(options: BuildOptions): Backbone {
  return build(torch, options);
}

function build(form: Form, { inputSize = 224, alpha = 1, classes, seed }: BuildOptions): Backbone {
  const { norm } = form;
  const net = new Network(inputSize, seed);
  net.block('stem');
  let x = net.zeroPad(net.input, 'Conv1_pad', form.pad(inputSize));
  x = net.conv2d(x, 'Conv1', divisibleBy8(32 * alpha), 3, { strides: 2, padding: 'valid', bias: false });
  x = net.batchNorm(x, 'bn_Conv1', norm);
  x = net.relu6(x, 'Conv1_relu');

  invertedResiduals.forEach(([filters, strides], id) => {
    net.block(`block_${id}`);
    x = invertedResidual(net, x, form, id, divisibleBy8(Math.floor(filters * alpha)), strides);
  });

  net.block('last_conv');
  x = net.conv2d(x, 'Conv_1', mobilenetV2Width(alpha), 1, { padding: 'valid', bias: false });
  x = net.batchNorm(x, 'Conv_1_bn', norm);
  x = net.relu6(x, 'out_relu');
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'global_average_pooling2d');
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish(form.id, alpha, features, x);
}

/** Expand by 1x1, filter by depthwise 3x3, project by 1x1 without an activation, and add the input if it fits. */
function invertedResidual(
  net: Network,
  input: SymbolicTensor,
  { norm, pad }: Form,
  id: number,
  filters: number,
  strides: number,
): SymbolicTensor {
  const prefix = id === 0 ? 'expanded_conv_' : `block_${id}_`;
  let x = input;
  if (id > 0) {
    x = net.conv2d(x, `${prefix}expand`, expansion * channelsOf(input), 1, { bias: false });
    x = net.batchNorm(x, `${prefix}expand_BN`, norm);
    x = net.relu6(x, `${prefix}expand_relu`);
  }
  if (strides === 2) x = net.zeroPad(x, `${prefix}pad`, pad(x.shape[1] ?? 0));
  x = net.depthwiseConv2d(x, `${prefix}depthwise`, 3, strides, strides === 2 ? 'valid' : 'same');
  x = net.batchNorm(x, `${prefix}depthwise_BN`, norm);
  x = net.relu6(x, `${prefix}depthwise_relu`);
  x = net.conv2d(x, `${prefix}project`, filters, 1, { bias: false });
  x = net.batchNorm(x, `${prefix}project_BN`, norm);
  const fits = strides === 1 && channelsOf(input) === filters;
  return fits ? net.sum([input, x], `${prefix}add`) : x;
}
