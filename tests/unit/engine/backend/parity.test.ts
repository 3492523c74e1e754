/**
 * Every layer type and optimizer we offer, trained for a few steps from the same start on this backend and
 * on tfjs's CPU reference: the weights must agree.
 */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { testDevice, whyNotHere } from '../../../test-device.ts';
import {
  engineStats,
  resetStats,
  selectBackend,
  withStep,
} from '../../../../electron/engine/backend/index.ts';

const STEPS = 3;
const BATCH = 4;
const TOLERANCE = 1e-4;

type Layers = () => tfl.layers.Layer[];
type Numbers = Float32Array;

const { layers } = tfl;
/** A seed of its own per initializer would be as good: the start is copied between the backends anyway. */
const image: [number, number, number] = [8, 8, 3];
const sequence: [number, number] = [6, 5];
const head = (): tfl.layers.Layer[] => [layers.flatten(), layers.dense({ units: 3 })];

interface Case {
  readonly inputShape: readonly number[];
  readonly build: Layers;
  readonly batch?: number;
}

const onImages = (build: Layers): Case => ({ inputShape: image, build: () => [...build(), ...head()] });
const onSequences = (build: Layers): Case => ({ inputShape: sequence, build: () => [...build(), ...head()] });

const cases: Record<string, Case> = {
  dense: onSequences(() => [layers.dense({ units: 7, activation: 'relu' })]),
  conv1d: onSequences(() => [layers.conv1d({ filters: 4, kernelSize: 3, activation: 'tanh' })]),
  conv2d: onImages(() => [layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' })]),
  'conv2d, strided, same': onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
  ]),
  depthwiseConv2d: onImages(() => [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })]),
  'depthwiseConv2d, strided': onImages(() => [
    layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' }),
  ]),
  'depthwiseConv2d, strided, two filters a channel': onImages(() => [
    layers.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2 }),
  ]),
  'conv2d whose kernel is as large as its padded input': onImages(() => [
    layers.maxPooling2d({ poolSize: 4 }),
    layers.conv2d({ filters: 4, kernelSize: 2, padding: 'same' }),
  ]),
  'maxPooling2d of an odd size, same': onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 2 }),
    layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
  ]),
  separableConv2d: onImages(() => [layers.separableConv2d({ filters: 5, kernelSize: 3 })]),
  conv2dTranspose: onImages(() => [
    layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
  ]),
  batchNormalization: onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 3 }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation({ activation: 'relu' }),
  ]),
  layerNormalization: onSequences(() => [layers.layerNormalization()]),
  maxPooling2d: onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2 }),
  ]),
  'maxPooling2d, overlapping': onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }),
    layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ]),
  averagePooling2d: onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 3 }),
    layers.averagePooling2d({ poolSize: 2 }),
  ]),
  'averagePooling2d, overlapping, same': onImages(() => [
    layers.conv2d({ filters: 4, kernelSize: 3 }),
    layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }),
  ]),
  globalAveragePooling2d: {
    inputShape: image,
    build: () => [
      layers.conv2d({ filters: 4, kernelSize: 3 }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 3 }),
    ],
  },
  globalMaxPooling2d: {
    inputShape: image,
    build: () => [
      layers.conv2d({ filters: 4, kernelSize: 3 }),
      layers.globalMaxPooling2d({}),
      layers.dense({ units: 3 }),
    ],
  },
  'zeroPadding2d and cropping2d': onImages(() => [
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 1],
      ],
    }),
    layers.conv2d({ filters: 3, kernelSize: 3 }),
    layers.cropping2D({
      cropping: [
        [1, 0],
        [1, 1],
      ],
    }),
  ]),
  // One image: beyond the first of a batch, tfjs 4.22's CPU gradient reads the wrong rows.
  'upSampling2d, nearest': {
    ...onImages(() => [layers.conv2d({ filters: 3, kernelSize: 3 }), layers.upSampling2d({ size: [2, 2] })]),
    batch: 1,
  },
  'upSampling2d, bilinear': onImages(() => [
    layers.conv2d({ filters: 3, kernelSize: 3 }),
    layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }),
  ]),
  'reshape and permute': onImages(() => [
    layers.dense({ units: 4 }),
    layers.permute({ dims: [3, 1, 2] }),
    layers.reshape({ targetShape: [16, 16] }),
  ]),
  activations: onSequences(() =>
    (
      [
        'elu',
        'selu',
        'sigmoid',
        'hardSigmoid',
        'softplus',
        'softsign',
        'swish',
        'mish',
        'relu6',
        'softmax',
      ] as const
    ).flatMap((activation) => [layers.dense({ units: 6 }), layers.activation({ activation })]),
  ),
  'leakyReLU and prelu': onSequences(() => [
    layers.dense({ units: 6 }),
    layers.leakyReLU(),
    layers.dense({ units: 6 }),
    layers.prelu(),
  ]),
  simpleRNN: onSequences(() => [layers.simpleRNN({ units: 4, returnSequences: true })]),
  lstm: onSequences(() => [layers.lstm({ units: 4, returnSequences: true })]),
  gru: onSequences(() => [layers.gru({ units: 4, returnSequences: true })]),
  bidirectional: onSequences(() => [
    layers.bidirectional({
      layer: layers.lstm({ units: 3, returnSequences: true }) as tfl.RNN,
      mergeMode: 'concat',
    }),
  ]),
  timeDistributed: onSequences(() => [layers.timeDistributed({ layer: layers.dense({ units: 4 }) })]),
  repeatVector: onSequences(() => [
    layers.flatten(),
    layers.dense({ units: 4 }),
    layers.repeatVector({ n: 3 }),
  ]),
};

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9),
  'nesterov momentum': () => tf.train.momentum(0.05, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.01),
  'rmsprop with momentum': () => tf.train.rmsprop(0.01, 0.9, 0.5),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
  adadelta: () => tf.train.adadelta(0.5),
  adagrad: () => tf.train.adagrad(0.05),
};

/** The same numbers on every backend: they never touch one. */
function numbers(count: number, seed: number): Numbers {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 31) * 2 - 1;
  });
}

interface Data {
  readonly inputs: tf.Tensor;
  readonly targets: tf.Tensor;
}

function data({ inputShape, batch = BATCH }: Case): Data {
  const size = inputShape.reduce((product, length) => product * length, batch);
  return {
    inputs: tf.tensor(numbers(size, 1), [batch, ...inputShape]),
    targets: tf.tensor(numbers(batch * 3, 2), [batch, 3]),
  };
}

function makeModel({ build, inputShape }: Case, start: Numbers[] | null): tfl.Sequential {
  const model = tfl.sequential();
  model.add(layers.inputLayer({ inputShape: [...inputShape] }));
  for (const layer of build()) model.add(layer);
  if (start)
    model.setWeights(
      model.getWeights().map((weight, index) => tf.tensor(start[index] as Numbers, weight.shape)),
    );
  return model;
}

const weightsOf = (model: tfl.Sequential): Numbers[] =>
  model.getWeights().map((weight) => Float32Array.from(weight.dataSync()));

/** The device under test, or the reference it is compared with. */
type Side = 'ours' | 'reference';

const select = (side: Side): Promise<unknown> =>
  side === 'ours' ? selectBackend(testDevice.backend, { device: testDevice.device }) : selectBackend('cpu');

/** Trains on one backend and returns the weights before and after. */
async function train(
  side: Side,
  modelCase: Case,
  optimizer: () => tf.Optimizer,
  start: Numbers[] | null,
): Promise<{ start: Numbers[]; end: Numbers[]; losses: number[] }> {
  await select(side);
  const model = makeModel(modelCase, start);
  const before = weightsOf(model);
  const { inputs, targets } = data(modelCase);
  const trained = optimizer();
  const losses = Array.from({ length: STEPS }, () => {
    const loss = withStep(() =>
      trained.minimize(() => {
        const outputs = model.apply(inputs, { training: true }) as tf.Tensor;
        return tf.losses.meanSquaredError(targets, outputs) as tf.Scalar;
      }, true),
    );
    return loss?.dataSync()[0] ?? NaN;
  });
  const end = weightsOf(model);
  model.dispose();
  return { start: before, end, losses };
}

async function expectAgreement(modelCase: Case, optimizer: () => tf.Optimizer): Promise<void> {
  const reference = await train('reference', modelCase, optimizer, null);
  resetStats();
  const ours = await train('ours', modelCase, optimizer, reference.start);
  expect(engineStats().fallbacks).toEqual({});
  const largest = ours.end.map((weights, index) =>
    weights.reduce(
      (worst, weight, at) => Math.max(worst, Math.abs(weight - (reference.end[index]?.[at] ?? NaN))),
      0,
    ),
  );
  expect(Math.max(...largest)).toBeLessThan(TOLERANCE);
  expect(reference.end).not.toEqual(reference.start);
}

describe.skipIf(whyNotHere())('training agrees with the tfjs CPU reference to 1e-4', () => {
  it.each(Object.entries(cases))('layer: %s', (_name, modelCase) =>
    expectAgreement(modelCase, () => tf.train.sgd(0.05)),
  );

  // Not batch normalization: the bias before it has a gradient of zero, whose rounding Adam blows up to full steps.
  const convolutional = cases['separableConv2d'];
  if (!convolutional) throw new Error('The case the optimizers are tried on is gone.');
  it.each(Object.entries(optimizers))('optimizer: %s', (_name, optimizer) =>
    expectAgreement(convolutional, optimizer),
  );
});

describe.skipIf(whyNotHere())('losses agree with the tfjs CPU reference', () => {
  const lossFunctions: Record<string, (labels: tf.Tensor2D, outputs: tf.Tensor2D) => tf.Tensor> = {
    softmaxCrossEntropy: (labels, outputs) => tf.losses.softmaxCrossEntropy(tf.softmax(labels), outputs),
    sigmoidCrossEntropy: (labels, outputs) => tf.losses.sigmoidCrossEntropy(tf.sigmoid(labels), outputs),
    huberLoss: (labels, outputs) => tf.losses.huberLoss(labels, outputs),
    absoluteDifference: (labels, outputs) => tf.losses.absoluteDifference(labels, outputs),
    logLoss: (labels, outputs) => tf.losses.logLoss(tf.sigmoid(labels), tf.sigmoid(outputs)),
    hingeLoss: (labels, outputs) => tf.losses.hingeLoss(tf.cast(tf.greater(labels, 0), 'float32'), outputs),
    cosineDistance: (labels, outputs) => tf.losses.cosineDistance(labels, outputs, 1),
  };

  async function gradient(side: Side, loss: (typeof lossFunctions)[string]): Promise<number[]> {
    await select(side);
    const labels = tf.tensor2d(numbers(12, 3), [4, 3]);
    const outputs = tf.tensor2d(numbers(12, 4), [4, 3]);
    const differentiate = tf.grad((x) => loss(labels, x as tf.Tensor2D));
    return [...differentiate(outputs).dataSync(), ...loss(labels, outputs).dataSync()];
  }

  it.each(Object.entries(lossFunctions))('%s', async (_name, loss) => {
    const reference = await gradient('reference', loss);
    const ours = await gradient('ours', loss);
    ours.forEach((number, index) => expect(number).toBeCloseTo(reference[index] ?? NaN, 5));
  });
});

describe.skipIf(whyNotHere())('embedding', () => {
  async function trained(side: Side, start: Numbers): Promise<Numbers> {
    await select(side);
    const table = tf.variable(tf.tensor2d(start, [10, 4]));
    const tokens = tf.tensor2d([1, 2, 2, 9, 0, 2], [2, 3], 'int32');
    const optimizer = tf.train.adam(0.05);
    for (let step = 0; step < STEPS; step++) {
      withStep(() => optimizer.minimize(() => tf.sum(tf.square(tf.gather(table, tokens)))));
    }
    return table.dataSync() as Numbers;
  }

  it('adds up the gradients of a row that is looked up more than once', async () => {
    const start = numbers(40, 5);
    const reference = await trained('reference', start);
    const ours = await trained('ours', start);
    ours.forEach((number, index) => expect(number).toBeCloseTo(reference[index] ?? NaN, 4));
  });
});
