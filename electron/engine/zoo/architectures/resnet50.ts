import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Network } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Filters, number of residual blocks and stride of each stage: table 1 of the paper, 50 layers. */
const stages = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
] as const;

const expansion = 4;

/** Where the two published forms of the network differ. */
interface Form {
  id: string;
  /** Which convolution of a stage's first block has the stride: the first 1x1, or the 3x3. */
  strideAt: 1 | 2;
  bias: boolean;
  norm: { epsilon: number };
}

const original: Form = { id: 'resnet50', strideAt: 1, bias: true, norm: { epsilon: 1.001e-5 } };
const version15: Form = { id: 'resnet50_torch', strideAt: 2, bias: false, norm: { epsilon: 1e-5 } };

/**
 * Deep Residual Learning for Image Recognition (He et al. 2015, https://arxiv.org/abs/1512.03385), with Keras'
 * layer names. As in the paper and in Keras the stride lies in a stage's first 1x1 convolution.
 */
export function buildResnet50(options: BuildOptions): Backbone {
  return build(original, options);
}

/** "v1.5", which torchvision and timm publish: the stride lies in the 3x3 convolution, and there are no biases. */
export function buildResnet50Torch(options: BuildOptions): Backbone {
  return build(version15, options);
}

function build(form: Form, { inputSize = 224, classes, seed }: BuildOptions): Backbone {
  const { bias, norm } = form;
  const net = new Network(inputSize, seed);
  net.block('conv1');
  let x = net.zeroPad(net.input, 'conv1_pad', 3);
  x = net.conv2d(x, 'conv1_conv', 64, 7, { strides: 2, padding: 'valid', bias });
  x = net.batchNorm(x, 'conv1_bn', norm);
  x = net.activation(x, 'conv1_relu', 'relu');
  x = net.zeroPad(x, 'pool1_pad', 1);
  x = net.maxPool(x, 'pool1_pool', 3, { strides: 2 });

  stages.forEach(([filters, blocks, strides], index) => {
    net.block(`conv${index + 2}`);
    for (let i = 1; i <= blocks; i++) {
      x = residual(net, x, form, `conv${index + 2}_block${i}`, filters, i === 1 ? strides : 1, i === 1);
    }
  });
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.globalAveragePool(x, 'avg_pool');
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish(form.id, 1, features, x);
}

/** The bottleneck: reduce by 1x1, filter by 3x3, widen by 1x1, and add the input (projected, where shapes differ). */
function residual(
  net: Network,
  input: SymbolicTensor,
  { strideAt, bias, norm }: Form,
  name: string,
  filters: number,
  strides: number,
  project: boolean,
): SymbolicTensor {
  let shortcut = input;
  if (project) {
    shortcut = net.conv2d(input, `${name}_0_conv`, expansion * filters, 1, { strides, bias });
    shortcut = net.batchNorm(shortcut, `${name}_0_bn`, norm);
  }
  let x = net.conv2d(input, `${name}_1_conv`, filters, 1, { strides: strideAt === 1 ? strides : 1, bias });
  x = net.batchNorm(x, `${name}_1_bn`, norm);
  x = net.activation(x, `${name}_1_relu`, 'relu');
  if (strideAt === 2 && strides === 2) {
    // PyTorch pads both sides alike, where TensorFlow's 'same' would pad after alone.
    x = net.zeroPad(x, `${name}_2_pad`, 1);
    x = net.conv2d(x, `${name}_2_conv`, filters, 3, { strides, padding: 'valid', bias });
  } else {
    x = net.conv2d(x, `${name}_2_conv`, filters, 3, { bias });
  }
  x = net.batchNorm(x, `${name}_2_bn`, norm);
  x = net.activation(x, `${name}_2_relu`, 'relu');
  x = net.conv2d(x, `${name}_3_conv`, expansion * filters, 1, { bias });
  x = net.batchNorm(x, `${name}_3_bn`, norm);
  x = net.sum([shortcut, x], `${name}_add`);
  return net.activation(x, `${name}_out`, 'relu');
}
