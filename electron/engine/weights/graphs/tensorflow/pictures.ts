import type { NamedNode } from '../../../backend/onnxruntime/graph/encode.ts';
import { activate } from './activations.ts';
import type { GraphNode } from './graph-def.ts';
import type { Translation } from './translation.ts';

/**
 * Operations on pictures. TensorFlow.js has `[batch, height, width, channels]`, ONNX has the channels second: each is
 * put between two transpositions, most of which ONNX Runtime takes out again.
 */

const toFirst = [0, 3, 1, 2];
const toLast = [0, 2, 3, 1];

export function convolution(to: Translation, node: GraphNode): void {
  const { shape, floats } = to.constant(node, 1);
  const [height = 0, width = 0, input = 0, output = 0] = shape;
  const values = floats();
  const kernel = new Float32Array(values.length);
  let at = 0;
  for (let o = 0; o < output; o++)
    for (let i = 0; i < input; i++)
      for (let place = 0; place < height * width; place++)
        kernel[at++] = values[(place * input + i) * output + o] ?? NaN;
  writeConvolution(to, node, to.floats(`${node.name}/kernel`, [output, input, height, width], kernel), 1);
}

/** Each channel has `multiplier` kernels of its own. */
export function depthwiseConvolution(to: Translation, node: GraphNode): void {
  const { shape, floats } = to.constant(node, 1);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = shape;
  const values = floats();
  const [places, outputs] = [height * width, channels * multiplier];
  const kernel = Float32Array.from(
    values,
    (_, at) => values[(at % places) * outputs + Math.floor(at / places)] ?? NaN,
  );
  writeConvolution(to, node, to.floats(`${node.name}/kernel`, [outputs, 1, height, width], kernel), channels);
}

function writeConvolution(to: Translation, node: GraphNode, kernel: string, group: number): void {
  const fused = node.texts('fused_ops');
  const [bias, activation] = fused[0] === 'BiasAdd' ? fused : [undefined, fused[0]];
  const operands = [kernel, ...(bias === undefined ? [] : [to.input(node, 2)])];
  const dilations = node.integers('dilations').slice(1, 3);
  const attributes = { ...window(to, node), group, ...(dilations.length > 0 ? { dilations } : {}) };
  const result = activation === undefined ? node.name : `${node.name}/sum`;
  channelsFirst(to, node, result, (picture, output) =>
    to.add('Conv', [picture, ...operands], output, attributes),
  );
  const slope = activation === 'Prelu' ? [to.input(node, bias === undefined ? 2 : 3)] : [];
  if (activation !== undefined) activate(to, node, activation, [result, ...slope], node.name);
}

export function pooling(to: Translation, node: GraphNode, op: string): void {
  const attributes = { ...window(to, node), kernel_shape: node.integers('ksize').slice(1, 3) };
  channelsFirst(to, node, node.name, (picture, output) => to.add(op, [picture], output, attributes));
}

function channelsFirst(
  to: Translation,
  node: GraphNode,
  result: string,
  write: (picture: string, output: string) => string,
): void {
  const picture = to.add('Transpose', [to.input(node, 0)], `${node.name}/first`, { perm: toFirst });
  to.add('Transpose', [write(picture, `${node.name}/result`)], result, { perm: toLast });
}

/** Strides and padding. TensorFlow's SAME pads the end more than the beginning, which is ONNX' SAME_UPPER. */
function window(to: Translation, node: GraphNode): NamedNode['attributes'] {
  if (node.text('data_format') === 'NCHW') throw to.refusal(`${node.op} with the channels first`);
  const strides = node.integers('strides').slice(1, 3);
  const padding = node.text('padding');
  if (padding === 'SAME') return { strides, auto_pad: 'SAME_UPPER' };
  if (padding === 'VALID') return { strides };
  const [top = 0, bottom = 0, left = 0, right = 0] = node.integers('explicit_paddings').slice(2);
  if (padding === 'EXPLICIT') return { strides, pads: [top, left, bottom, right] };
  throw to.refusal(`the padding ${padding}`);
}

/** With stored statistics it is one product and one sum per channel. */
export function batchNormalization(to: Translation, node: GraphNode): void {
  if (node.flag('is_training')) throw to.refusal('a batch normalization in training');
  if (node.text('data_format') === 'NCHW') throw to.refusal(`${node.op} with the channels first`);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => to.constant(node, index).floats());
  const epsilon = node.number('epsilon', 1e-4);
  const scale = Float32Array.from(
    gamma ?? [],
    (value, i) => value / Math.sqrt((variance?.[i] ?? NaN) + epsilon),
  );
  const shift = Float32Array.from(beta ?? [], (value, i) => value - (mean?.[i] ?? NaN) * (scale[i] ?? NaN));
  const factor = to.floats(`${node.name}/scale`, [scale.length], scale);
  const product = to.add('Mul', [to.input(node, 0), factor], `${node.name}/scaled`);
  to.add('Add', [product, to.floats(`${node.name}/shift`, [shift.length], shift)], node.name);
}
