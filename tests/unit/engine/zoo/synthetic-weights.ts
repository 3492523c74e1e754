import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { modelTensors } from '../../../../electron/engine/weights/model-tensors.ts';

/**
 * The documented generator of ../shared/reference/backbones/README.md: weights that anyone can make again bit for
 * bit, so that an architecture can be checked without its weight file.
 */

export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Doubles in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface SyntheticNet {
  /** First part of every key: vgg16, resnet50 or inception_v3. */
  net: string;
  /** Whether VGG16's biases are drawn too. */
  biased?: boolean;
}

/** Values of the tensor `layer/weight` with Keras' shape. */
export function syntheticValues(
  { net, biased }: SyntheticNet,
  name: string,
  shape: readonly number[],
): Float32Array {
  const [layer = '', weight = ''] = name.split('/');
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(size);
  if (net === 'vgg16' && weight === 'bias' && !biased) return values;
  const next = mulberry32(fnv1a(`${net}/${name}`));
  const scale = scaleOf(net, layer, weight, size / (shape[shape.length - 1] ?? 1));
  for (let i = 0; i < size; i++) values[i] = scale(next());
  return values;
}

function scaleOf(net: string, layer: string, weight: string, fanIn: number): (u: number) => number {
  if (weight === 'gamma' || weight === 'moving_variance') return (u) => 0.5 + u;
  if (weight !== 'kernel') return (u) => (2 * u - 1) * 0.2 * (net === 'vgg16' ? 32 : 1);
  const limit = Math.sqrt(6 / fanIn);
  const small = net !== 'resnet50' ? 1 : layer === 'conv1_conv' ? 64 : layer.endsWith('_3_conv') ? 4 : 1;
  return (u) => ((2 * u - 1) * limit) / small;
}

export function fillSynthetic(model: LayersModel, net: SyntheticNet): void {
  for (const { name, shape, variable } of modelTensors(model)) {
    tidy(() => {
      variable.write(tensor(syntheticValues(net, name, shape), shape, 'float32'));
    });
  }
}
