import { div, softmax, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { preprocess } from '../../zoo/preprocessing.ts';
import { pool } from '../network/network.ts';
import type { Network } from '../network/network.ts';

/** Pooled features `[batch, width]` to probabilities `[batch, classes]`, the logits divided by a temperature. */
export function headOutput(network: Network, features: Tensor2D, temperature: number): Tensor2D {
  return tidy(() => {
    const logits = network.head.apply(features, { training: false }) as Tensor2D;
    return softmax(temperature === 1 ? logits : (div(logits, temperature) as Tensor2D));
  });
}

/** Pixels 0 to 255 `[batch, size, size, 3]` to the last feature map. */
export function bodyOutput(network: Network, image: Tensor4D): Tensor {
  return tidy(() => {
    const pixels = preprocess(image, network.spec.preprocessing);
    return network.body.apply(pixels, { training: false }) as Tensor;
  });
}

/** One picture's pixels `[size, size, 3]`, 0 to 255, to its probabilities. */
export function answerOne(network: Network, temperature: number, pixels: Float32Array): Float32Array {
  const { size } = network.spec.input;
  return tidy(() => {
    const image = tensor4d(pixels, [1, size, size, 3]);
    return Float32Array.from(
      headOutput(
        network,
        pool(bodyOutput(network, image), network.spec.head.pooling),
        temperature,
      ).dataSync(),
    );
  });
}
