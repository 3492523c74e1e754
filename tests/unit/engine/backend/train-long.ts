/** Trains for three thousand small steps and prints tensors and resident bytes after each thousand, as JSON. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { selectBackend, withStep } from '../../../../electron/engine/backend/index.ts';

const THOUSAND = 1000;

await selectBackend('onnxruntime', { threads: 1 });
const { layers } = tfl;
const model = tfl.sequential({
  layers: [
    layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 3] }),
    layers.batchNormalization(),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dropout({ rate: 0.4 }),
    layers.dense({ units: 3 }),
  ],
});
const optimizer = tf.train.adam(0.01);
const targets = tf.randomUniform([4, 3]);

function step(): void {
  const images = tf.randomUniform([4, 12, 12, 3]);
  const loss = withStep(() =>
    optimizer.minimize(() => {
      const outputs = model.apply(images, { training: true }) as tf.Tensor;
      return tf.losses.meanSquaredError(targets, outputs) as tf.Scalar;
    }, true),
  );
  loss?.dataSync();
  tf.dispose([images, loss ?? []]);
}

const collectGarbage = (globalThis as { gc?: () => void }).gc;
const measurements = [1, 2, 3].map(() => {
  for (let count = 0; count < THOUSAND; count++) step();
  collectGarbage?.();
  return { tensors: tf.memory().numTensors, resident: process.memoryUsage().rss };
});
console.log(JSON.stringify(measurements));
