/** Trains a small network from fixed numbers and prints a hash of its weights: run in processes of its own. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { selectBackend, withStep } from '../../../../electron/engine/backend/index.ts';

const SEED = 7;
const STEPS = 5;

await selectBackend('onnxruntime', { threads: 2 });
const { layers } = tfl;
const kernelInitializer = tfl.initializers.glorotUniform({ seed: SEED });
const model = tfl.sequential({
  layers: [
    layers.conv2d({
      filters: 16,
      kernelSize: 3,
      activation: 'relu',
      inputShape: [24, 24, 3],
      kernelInitializer,
    }),
    layers.maxPooling2d({ poolSize: 3, strides: 2 }),
    layers.batchNormalization(),
    layers.flatten(),
    layers.dropout({ rate: 0.25, seed: SEED }),
    layers.dense({ units: 10, kernelInitializer }),
  ],
});
const images = tf.randomUniform([16, 24, 24, 3], 0, 1, 'float32', SEED);
const labels = tf.oneHot(tf.mod(tf.range(0, 16, 1, 'int32'), tf.scalar(10, 'int32')) as tf.Tensor1D, 10);
const optimizer = tf.train.adam(0.01);
for (let step = 0; step < STEPS; step++) {
  withStep(() =>
    optimizer.minimize(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor;
      return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
    }),
  );
}
const hash = createHash('sha256');
for (const weight of model.getWeights()) hash.update(new Uint8Array(weight.dataSync().slice().buffer));
console.log(hash.digest('hex'));
