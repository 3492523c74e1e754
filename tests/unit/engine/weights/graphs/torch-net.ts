import { OPSET, encodeModel } from '../../../../../electron/engine/backend/onnxruntime/graph/encode.ts';
import type {
  Dimension,
  Initializer,
  NamedNode,
} from '../../../../../electron/engine/backend/onnxruntime/graph/encode.ts';

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
  /** Version of the operations it says it uses. */
  opset?: number;
  /** Pools as a mean over named axes, as older files do. */
  mean?: boolean;
}

/** A convolution, pooling and a classifier as PyTorch writes them: channels first. */
export function torchNet({
  batch = 1,
  size = 8,
  channels = 3,
  nodes = [],
  initializers: more = [],
  opset = OPSET,
  mean = false,
}: TorchChanges = {}): Buffer {
  const bytes = Buffer.from(
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
        mean
          ? node('ReduceMean', ['relu'], 'pool', { axes: [2, 3], keepdims: 1 })
          : node('GlobalAveragePool', ['relu'], 'pool'),
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
  // The last message of the model says the version.
  const version = bytes.lastIndexOf(Buffer.from([0x42, 4, 0x0a, 0, 0x10, OPSET]));
  bytes[version + 5] = opset;
  return bytes;
}
