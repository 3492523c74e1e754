import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { exportOnnx } from '../../../../../electron/engine/backend/index.ts';
import { encodeModel } from '../../../../../electron/engine/backend/onnxruntime/graph/encode.ts';
import type {
  Dimension,
  Initializer,
  NamedNode,
} from '../../../../../electron/engine/backend/onnxruntime/graph/encode.ts';

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

const ramp = (length: number, scale: number) => Float32Array.from({ length }, (_, i) => Math.sin(i) * scale);
const floats = (name: string, shape: number[], data: Float32Array): Initializer => ({
  name,
  type: 'float32',
  shape,
  data,
});
const node = (
  op: string,
  inputs: string[],
  output: string,
  attributes: NamedNode['attributes'] = {},
): NamedNode => ({ name: output, op, inputs, outputs: [output], attributes });

/** Weights of `torchNet`, to compute the same with. */
export const torchKernel = ramp(4 * 3 * 3 * 3, 0.3);

export interface TorchChanges {
  /** Of the input; PyTorch writes 1 unless it is told otherwise. */
  batch?: Dimension;
  size?: Dimension;
  channels?: Dimension;
  nodes?: NamedNode[];
  initializers?: Initializer[];
}

/** A convolution, pooling and a classifier as PyTorch writes them: channels first. */
export function torchNet({
  batch = 1,
  size = 8,
  channels = 3,
  nodes = [],
  initializers: more = [],
}: TorchChanges = {}): Buffer {
  return Buffer.from(
    encodeModel({
      inputs: [{ name: 'input', type: 'float32', shape: [batch, channels, size, size] }],
      outputs: [{ name: 'logits', type: 'float32', shape: [batch, 2] }],
      nodes: [
        node('Conv', ['input', 'conv.weight', 'conv.bias'], 'conv', {
          pads: [1, 1, 1, 1],
          strides: [2, 2],
          kernel_shape: [3, 3],
        }),
        node('Relu', ['conv'], 'relu'),
        node('GlobalAveragePool', ['relu'], 'pool'),
        node('Flatten', ['pool'], 'flat', { axis: 1 }),
        node('Gemm', ['flat', 'fc.weight', 'fc.bias'], 'logits', { transB: 1 }),
        ...nodes,
      ],
      initializers: [
        floats('conv.weight', [4, 3, 3, 3], torchKernel),
        floats('conv.bias', [4], ramp(4, 0.1)),
        floats('fc.weight', [2, 4], ramp(8, 0.5)),
        floats('fc.bias', [2], ramp(2, 0.1)),
        ...more,
      ],
    }),
  );
}
