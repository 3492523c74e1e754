/** The work that is measured: what issue 3 lists, built from the zoo with random weights. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { bake, withStep } from '../../../electron/engine/backend/index.ts';
import { cutBelow } from '../../../electron/engine/training/network/cut.ts';
import { architecture } from '../../../electron/engine/zoo/registry.ts';

export interface Workload {
  readonly title: string;
  /** Images (or examples) one run works through. */
  readonly examples: number;
  /** Builds everything and returns what one run is; a run ends when its results are computed. */
  prepare(): () => void;
}

const SEED = 1;
const { layers } = tfl;

function initializer(): ReturnType<typeof tfl.initializers.glorotUniform> {
  return tfl.initializers.glorotUniform({ seed: SEED });
}

const images = (batch: number, size: number, channels = 3): tf.Tensor4D =>
  tf.randomUniform([batch, size, size, channels], -1, 1, 'float32', SEED);

const weightsOf = (model: tfl.LayersModel): tf.Tensor[] => model.weights.map((weight) => weight.read());

/** Frozen features of a whole backbone, weights baked in. */
function features(id: string, batch: number, size: number): Workload {
  return {
    title: `${architecture(id).title} features, batch ${batch}, ${size}x${size}`,
    examples: batch,
    prepare() {
      const { model } = architecture(id).build({ inputSize: size, seed: SEED });
      bake(weightsOf(model));
      const batchOfImages = images(batch, size);
      return () => {
        const output = model.predict(batchOfImages) as tf.Tensor;
        output.dataSync();
        output.dispose();
      };
    },
  };
}

type Loss = (logits: tf.Tensor) => tf.Scalar;

/** One optimizer step, computed in one run; the loss is read as a training loop would. */
function optimize(
  optimizer: tf.Optimizer,
  forward: () => tf.Tensor,
  loss: Loss,
  variables?: tf.Variable[],
): () => void {
  return () => {
    const value = withStep(() => optimizer.minimize(() => loss(forward()), true, variables));
    value?.dataSync();
    value?.dispose();
  };
}

interface FineTuning {
  readonly id: string;
  readonly batch: number;
  readonly size: number;
  /** How many blocks at the end of the backbone are trained along with the head. */
  readonly blocks: number;
  readonly optimizer: () => tf.Optimizer;
  readonly head: (featureShape: number[]) => tfl.Sequential;
  readonly loss: (batch: number) => Loss;
}

function fineTuning({ id, batch, size, blocks, optimizer, head, loss }: FineTuning): Workload {
  return {
    title: `${architecture(id).title} step, last ${blocks} blocks + head, batch ${batch}, ${size}x${size}`,
    examples: batch,
    prepare() {
      const backbone = architecture(id).build({ inputSize: size, seed: SEED });
      const from = backbone.blocks.at(-blocks)?.name ?? null;
      const { below, above, shape } = cutBelow(backbone.model, backbone.blocks, from);
      if (!below || !above) throw new Error(`${id} has no ${blocks} blocks above a frozen part.`);
      const classifier = head((above.outputs[0]?.shape ?? shape).slice(1) as number[]);
      for (const layer of below.layers) layer.trainable = false;
      bake(weightsOf(below));
      const trainable = [...above.trainableWeights, ...classifier.trainableWeights];
      const variables = trainable.map((weight) => weight.read() as tf.Variable);
      const input = images(batch, size);
      const forward = () => {
        const cut = below.apply(input, { training: false }) as tf.Tensor;
        return classifier.apply(above.apply(cut, { training: true }), { training: true }) as tf.Tensor;
      };
      return optimize(optimizer(), forward, loss(batch), variables);
    },
  };
}

const binary = (batch: number): Loss => {
  const labels = tf.cast(tf.greater(tf.randomUniform([batch, 1], 0, 1, 'float32', SEED), 0.5), 'float32');
  return (logits) => tf.losses.sigmoidCrossEntropy(labels, logits) as tf.Scalar;
};

const tenClasses = (batch: number): Loss => {
  const labels = tf.oneHot(tf.cast(tf.randomUniform([batch], 0, 10, 'float32', SEED), 'int32'), 10);
  return (logits) => tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
};

const dense = (units: number, activation?: 'relu'): tfl.layers.Layer =>
  layers.dense({ units, activation, kernelInitializer: initializer() });

const vgg16Step = fineTuning({
  id: 'vgg16',
  batch: 30,
  size: 150,
  blocks: 2,
  optimizer: () => tf.train.rmsprop(1e-5),
  head: (inputShape) =>
    tfl.sequential({
      layers: [layers.flatten({ inputShape }), dense(512, 'relu'), dense(512, 'relu'), dense(1)],
    }),
  loss: binary,
});

const mobilenetStep = fineTuning({
  id: 'mobilenet_v2',
  batch: 32,
  size: 160,
  blocks: 3,
  optimizer: () => tf.train.rmsprop(1e-5),
  head: (inputShape) =>
    tfl.sequential({ layers: [layers.globalAveragePooling2d({ inputShape }), dense(10)] }),
  loss: tenClasses,
});

const MNIST_BATCH = 128;

/** Keras' example: conv 32, conv 64, pool, dropout, dense 128, dropout, dense 10. */
const mnistStep: Workload = {
  title: `MNIST CNN step, batch ${MNIST_BATCH}`,
  examples: MNIST_BATCH,
  prepare() {
    const convolution = { kernelSize: 3, activation: 'relu', kernelInitializer: initializer() } as const;
    const model = tfl.sequential({
      layers: [
        layers.conv2d({ filters: 32, inputShape: [28, 28, 1], ...convolution }),
        layers.conv2d({ filters: 64, ...convolution }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.dropout({ rate: 0.25 }),
        layers.flatten(),
        dense(128, 'relu'),
        layers.dropout({ rate: 0.5 }),
        dense(10),
      ],
    });
    const input = images(MNIST_BATCH, 28, 1);
    const forward = () => model.apply(input, { training: true }) as tf.Tensor;
    return optimize(tf.train.adam(1e-3), forward, tenClasses(MNIST_BATCH));
  },
};

const HEAD = { examples: 3000, width: 1280, units: 256, epochs: 50, batch: 250 };

/** A head on features that were computed once: what retraining costs when nothing below moves. */
const headTraining: Workload = {
  title: `${HEAD.units}-unit head on ${HEAD.examples} cached features, ${HEAD.epochs} epochs`,
  examples: HEAD.examples * HEAD.epochs,
  prepare() {
    const head = tfl.sequential({
      layers: [
        layers.dense({
          units: HEAD.units,
          activation: 'relu',
          inputShape: [HEAD.width],
          kernelInitializer: initializer(),
        }),
        dense(10),
      ],
    });
    const batches = Array.from({ length: HEAD.examples / HEAD.batch }, () =>
      tf.randomUniform([HEAD.batch, HEAD.width], 0, 1, 'float32', SEED),
    );
    const loss = tenClasses(HEAD.batch);
    return () => {
      const optimizer = tf.train.adam(1e-3);
      const steps = batches.map((batch) => optimize(optimizer, () => head.apply(batch) as tf.Tensor, loss));
      for (let epoch = 0; epoch < HEAD.epochs; epoch++) for (const step of steps) step();
      optimizer.dispose();
    };
  },
};

export const workloads: Readonly<Record<string, Workload>> = {
  'vgg16-features': features('vgg16', 30, 150),
  'mobilenetv2-features-224': features('mobilenet_v2', 32, 224),
  'mobilenetv2-features-160': features('mobilenet_v2', 32, 160),
  'resnet50-features': features('resnet50', 16, 224),
  'vgg16-step': vgg16Step,
  'mobilenetv2-step': mobilenetStep,
  'mnist-step': mnistStep,
  'head-training': headTraining,
};
