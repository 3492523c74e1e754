import { grad, mean, mul, oneHot, relu, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { preprocess } from '../../zoo/preprocessing.ts';
import { pool } from '../network/network.ts';
import type { Network } from '../network/network.ts';

/**
 * Grad-CAM (Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391): where the last feature map speaks for a class.
 * Each channel is weighed by the mean gradient of the class's logit over the map; what speaks against is left out.
 * The gradient goes through the head alone, so any body will do, also an imported one.
 * @param pixels 0 to 255, `[batch, size, size, 3]`
 * @param classOf the class asked about per picture
 * @returns `[batch, h, w]`, 0 and up, in units of the logit
 */
export function gradCam(network: Network, pixels: Tensor4D, classOf: readonly number[]): Tensor3D {
  const { body, head, spec } = network;
  return tidy(() => {
    const map = body.apply(preprocess(pixels, spec.preprocessing), { training: false }) as Tensor;
    const asked = oneHot(tensor1d([...classOf], 'int32'), spec.classes.length);
    const logit = (of: Tensor): Tensor =>
      sum(mul(head.apply(pool(of, spec.head.pooling), { training: false }) as Tensor, asked));
    const weights = mean(grad(logit)(map), [1, 2], true);
    return relu(sum(mul(weights, map), -1)) as Tensor3D;
  });
}
