import { cast, div, reverse, sub, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/**
 * How pixels become a network's input. It belongs to the weights: they were trained with it.
 * `tf`: -1 to 1. `caffe`: BGR, the mean of ImageNet's channels taken off. `torch`: 0 to 1, then ImageNet's mean and
 * deviation. `unit`: 0 to 1. `none`: 0 to 255, for networks that scale inside.
 * The first three are `mode` of Keras' `imagenet_utils.preprocess_input`.
 */
export type PreprocessingMode = 'tf' | 'caffe' | 'torch' | 'unit' | 'none';

const caffeMeanBgr = [103.939, 116.779, 123.68];
const torchMean = [0.485, 0.456, 0.406];
const torchDeviation = [0.229, 0.224, 0.225];

/** RGB pixels `[batch, height, width, 3]`, 0 to 255 in any dtype, as float32 input of the same shape. */
export function preprocess(images: Tensor4D, mode: PreprocessingMode): Tensor4D {
  return tidy(() => {
    const pixels: Tensor = cast(images, 'float32');
    switch (mode) {
      case 'none':
        return pixels as Tensor4D;
      case 'unit':
        return div(pixels, 255) as Tensor4D;
      case 'tf':
        return sub(div(pixels, 127.5), 1) as Tensor4D;
      case 'caffe':
        return sub(reverse(pixels, -1), tensor1d(caffeMeanBgr)) as Tensor4D;
      case 'torch':
        return div(sub(div(pixels, 255), tensor1d(torchMean)), tensor1d(torchDeviation)) as Tensor4D;
    }
  });
}

/**
 * The same as a convolution of one pixel, for formats that know layers alone: `kernel` `[3 in, 3 out]` row-major,
 * and `bias` `[3]`.
 */
export function preprocessingAsConvolution(mode: PreprocessingMode): { kernel: number[]; bias: number[] } {
  const diagonal = (factors: number[]) =>
    factors.flatMap((factor, i) => factors.map((_, o) => (i === o ? factor : 0)));
  switch (mode) {
    case 'none':
      return { kernel: diagonal([1, 1, 1]), bias: [0, 0, 0] };
    case 'unit':
      return { kernel: diagonal([1, 1, 1].map((one) => one / 255)), bias: [0, 0, 0] };
    case 'tf':
      return { kernel: diagonal([1, 1, 1].map((one) => one / 127.5)), bias: [-1, -1, -1] };
    case 'caffe':
      return { kernel: [0, 0, 1, 0, 1, 0, 1, 0, 0], bias: caffeMeanBgr.map((mean) => -mean) };
    case 'torch':
      return {
        kernel: diagonal(torchDeviation.map((deviation) => 1 / (255 * deviation))),
        bias: torchMean.map((mean, channel) => -mean / (torchDeviation[channel] ?? 1)),
      };
  }
}
