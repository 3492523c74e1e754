import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { exportOnnx } from '../../../../../electron/engine/backend/index.ts';

/** Small networks as others would export them, for tests. */

const random = (seed: number) => initializers.glorotUniform({ seed });

/** Two convolutions, pooling and a classifier, in Keras' way. */
export function kerasNet(size = 16): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        kernelInitializer: random(1),
        inputShape: [size, size, 3],
      }),
      layers.batchNormalization({ movingVarianceInitializer: 'ones' }),
      layers.reLU({ maxValue: 6 }),
      layers.separableConv2d({
        filters: 8,
        kernelSize: 3,
        depthwiseInitializer: random(2),
        pointwiseInitializer: random(3),
      }),
      layers.globalAveragePooling2d({ name: 'pool' }),
      layers.dense({ units: 5, activation: 'softmax', kernelInitializer: random(4) }),
    ],
  });
}

/** The part of a model up to a layer. */
export function upTo(whole: LayersModel, layer: string): LayersModel {
  return model({ inputs: whole.inputs, outputs: whole.getLayer(layer).output as SymbolicTensor });
}

/** The whole network as ONNX with Graft's own exporter: channels last outside, transposed around convolutions. */
export function exported(whole: LayersModel, size = 16): Buffer {
  const example = zeros([1, size, size, 3]);
  const bytes = exportOnnx((image) => whole.apply(image, { training: false }) as Tensor, [example], {
    inputNames: ['image'],
    outputNames: ['probabilities'],
  });
  example.dispose();
  return Buffer.from(bytes);
}
