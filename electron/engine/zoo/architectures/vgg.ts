import { Network } from '../network.ts';
import type { Backbone, BuildOptions } from '../network.ts';

/** Filters and number of 3x3 convolutions of each block: table 1 of the paper, columns D and E. */
const vgg16Blocks = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;
const vgg19Blocks = [
  [64, 2],
  [128, 2],
  [256, 4],
  [512, 4],
  [512, 4],
] as const;

/**
 * Very Deep Convolutional Networks for Large-Scale Image Recognition
 * (Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556), 16 weight layers, with Keras' layer names.
 */
export function buildVgg16(options: BuildOptions): Backbone {
  return buildVgg('vgg16', vgg16Blocks, options);
}

/** The same network; torchvision's weights for it were trained with another preprocessing. */
export function buildVgg16Torch(options: BuildOptions): Backbone {
  return buildVgg('vgg16_torch', vgg16Blocks, options);
}

/** The same with 19 weight layers. */
export function buildVgg19(options: BuildOptions): Backbone {
  return buildVgg('vgg19', vgg19Blocks, options);
}

export function buildVgg19Torch(options: BuildOptions): Backbone {
  return buildVgg('vgg19_torch', vgg19Blocks, options);
}

function buildVgg(
  name: string,
  blocks: readonly (readonly [number, number])[],
  { inputSize = 224, classes, seed }: BuildOptions,
): Backbone {
  const net = new Network(inputSize, seed);
  let x = net.input;
  blocks.forEach(([filters, convolutions], index) => {
    const block = `block${index + 1}`;
    net.block(block);
    for (let i = 1; i <= convolutions; i++)
      x = net.conv2d(x, `${block}_conv${i}`, filters, 3, { activation: 'relu' });
    x = net.maxPool(x, `${block}_pool`, 2);
  });
  const features = x;

  if (classes !== undefined) {
    net.block('top');
    x = net.flatten(x, 'flatten');
    x = net.dense(x, 'fc1', 4096, 'relu');
    x = net.dense(x, 'fc2', 4096, 'relu');
    x = net.dense(x, 'predictions', classes, 'softmax');
  }
  return net.finish(name, 1, features, x);
}
