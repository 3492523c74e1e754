import {
  batchNorm,
  engine,
  fill,
  moments,
  mul,
  serialization,
  sub,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';

/**
 * The two layers whose behaviour differs between training and inference, with the rule Keras has had since
 * TensorFlow 2: a layer with `trainable = false` runs in inference mode even when the model is called with
 * `training: true`. tfjs-layers' own would go on updating the statistics of a frozen BatchNormalization.
 * They are registered under Keras' class names and so take the place of tfjs-layers' own when a model is loaded.
 */

type CallOptions = Record<string, unknown>;

function single(inputs: Tensor | Tensor[]): Tensor {
  const input = Array.isArray(inputs) ? inputs[0] : inputs;
  if (!input) throw new Error('This layer takes exactly one tensor');
  return input;
}

export interface BatchNormalizationOptions {
  name?: string;
  epsilon?: number;
  momentum?: number;
  /** Whether there is a gamma. */
  scale?: boolean;
  /** Whether there is a beta. */
  center?: boolean;
  trainable?: boolean;
}

type Variable = ReturnType<layers.Layer['getWeights']>[number];
type LayerVariable = layers.Layer['weights'][number];

/**
 * Batch normalization over the last axis (Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167).
 * While training, the batch's own mean and (biased) variance normalize it, and the moving averages follow by
 * `moving = moving * momentum + batch * (1 - momentum)`.
 */
export class BatchNormalization extends layers.Layer {
  static readonly className = 'BatchNormalization';
  readonly epsilon: number;
  readonly momentum: number;
  readonly scale: boolean;
  readonly center: boolean;
  /** Whether the stored statistics normalize while training too, and stay: gamma and beta alone are trained. */
  stored = false;
  private gamma?: LayerVariable;
  private beta?: LayerVariable;
  private movingMean!: LayerVariable;
  private movingVariance!: LayerVariable;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    this.supportsMasking = true;
    this.epsilon = options.epsilon ?? 1e-3;
    this.momentum = options.momentum ?? 0.99;
    this.scale = options.scale ?? true;
    this.center = options.center ?? true;
  }

  override build(inputShape: (number | null)[] | (number | null)[][]): void {
    const shape = Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as (number | null)[]);
    const channels = [shape[shape.length - 1] ?? null];
    const ones = initializers.ones();
    const zeros = initializers.zeros();
    if (this.scale) this.gamma = this.addWeight('gamma', channels, 'float32', ones);
    if (this.center) this.beta = this.addWeight('beta', channels, 'float32', zeros);
    this.movingMean = this.addWeight('moving_mean', channels, 'float32', zeros, undefined, false);
    this.movingVariance = this.addWeight('moving_variance', channels, 'float32', ones, undefined, false);
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], options: CallOptions): Tensor {
    return tidy(() => {
      const x = single(inputs);
      if (options['training'] !== true || !this.trainable || this.stored) {
        return this.normalize(x, this.movingMean.read(), this.movingVariance.read());
      }
      const axes = x.shape.map((_, axis) => axis).slice(0, -1);
      const { mean, variance } = moments(x, axes);
      this.follow(this.movingMean, mean);
      this.follow(this.movingVariance, variance);
      return this.normalize(x, mean, variance);
    });
  }

  private normalize(x: Tensor, mean: Tensor, variance: Tensor): Tensor {
    // The op takes rank 2 to 4 and broadcasts over the last axis; its types name each rank apart.
    const normalize = batchNorm as (
      ...tensors: [Tensor, Variable, Variable, Variable?, Tensor?, number?]
    ) => Tensor;
    return normalize(x, mean, variance, this.beta?.read(), this.scaling(mean.size), this.epsilon);
  }

  /**
   * tfjs cannot save an absent gamma for the gradient and breaks; where one is asked for, ones stand in for it.
   * Elsewhere it stays absent, so that ONNX Runtime folds the layer into the convolution before it.
   */
  private scaling(channels: number): Tensor | undefined {
    if (this.gamma) return this.gamma.read();
    return engine().state.gradientDepth > 0 ? fill([channels], 1) : undefined;
  }

  private follow(moving: LayerVariable, batch: Tensor): void {
    const value = moving.read();
    moving.write(sub(value, mul(sub(value, batch), 1 - this.momentum)));
  }

  override getConfig(): serialization.ConfigDict {
    const { epsilon, momentum, scale, center } = this;
    return { ...super.getConfig(), axis: -1, epsilon, momentum, scale, center };
  }
}
serialization.registerClass(BatchNormalization);

export interface DropoutOptions {
  name?: string;
  /** Share of the values set to zero, 0 to 1. */
  rate: number;
  seed?: number;
  trainable?: boolean;
}

/**
 * Inverted dropout (Srivastava et al. 2014): while training, each value is zero with probability `rate`, and the
 * others are divided by `1 - rate`. The masks come from a generator of the layer's own whose whole state is
 * `randomState`, so that a run resumed from a checkpoint draws the masks the uninterrupted run would have drawn.
 */
export class Dropout extends layers.Layer {
  static readonly className = 'Dropout';
  readonly rate: number;
  readonly seed: number;
  /** State of the mulberry32 generator, a 32 bit integer. */
  randomState: number;

  constructor(options: DropoutOptions) {
    super(options);
    this.supportsMasking = true;
    this.rate = Math.min(Math.max(options.rate, 0), 1);
    this.seed = options.seed ?? 0;
    this.randomState = this.seed | 0;
  }

  override call(inputs: Tensor | Tensor[], options: CallOptions): Tensor {
    return tidy(() => {
      const x = single(inputs);
      if (options['training'] !== true || !this.trainable || this.rate === 0) return x;
      return mul(x, tensor(this.drawMask(x.size), x.shape, 'float32'));
    });
  }

  /** `size` factors, each 0 or 1 / (1 - rate). */
  private drawMask(size: number): Float32Array {
    const mask = new Float32Array(size);
    const kept = 1 / (1 - this.rate);
    let state = this.randomState;
    for (let i = 0; i < size; i++) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
      if (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 >= this.rate) mask[i] = kept;
    }
    this.randomState = state;
    return mask;
  }

  override getConfig(): serialization.ConfigDict {
    const { rate, seed } = this;
    return { ...super.getConfig(), rate, seed };
  }
}
serialization.registerClass(Dropout);
