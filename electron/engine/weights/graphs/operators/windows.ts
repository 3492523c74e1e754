import type { OnnxNode } from '../onnx-model.ts';
import type { Rule } from '../operators.ts';
import { need, shaped } from './known.ts';

/** Operations that move a window over height and width, `[batch, channels, height, width]`. */

export const convolution: Rule = (node, inputs) => {
  const [input, kernel] = [need(inputs, 0).shape, need(inputs, 1).shape];
  if (input.length < 3 || kernel.length !== input.length) throw new Error('no picture or no kernel');
  const group = node.integer('group', 1);
  if (input[1] !== (kernel[1] ?? 0) * group)
    throw new Error(`${input[1]} channels for a kernel of ${kernel[1]}`);
  const stated = node.integers('kernel_shape');
  if (stated && stated.join() !== kernel.slice(2).join())
    throw new Error(`a kernel called ${stated.join('x')}`);
  const sides = windowed(node, input.slice(2), kernel.slice(2));
  return [shaped([input[0] ?? 0, kernel[0] ?? 0, ...sides])];
};

export const pooling: Rule = (node, inputs) => {
  const input = need(inputs, 0).shape;
  const kernel = node.integers('kernel_shape');
  if (!kernel || kernel.length !== input.length - 2) throw new Error('no window');
  const shape = [...input.slice(0, 2), ...windowed(node, input.slice(2), kernel)];
  return node.outputs.map(() => shaped(shape));
};

function windowed(node: OnnxNode, sides: readonly number[], kernel: readonly number[]): number[] {
  const strides = node.integers('strides') ?? sides.map(() => 1);
  const dilations = node.integers('dilations') ?? sides.map(() => 1);
  const pads = node.integers('pads') ?? sides.flatMap(() => [0, 0]);
  const automatic = node.text('auto_pad');
  const round = node.integer('ceil_mode', 0) !== 0 ? Math.ceil : Math.floor;
  return sides.map((side, axis) => {
    const stride = strides[axis] ?? 1;
    if (automatic.startsWith('SAME')) return Math.ceil(side / stride);
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const padded = automatic === 'VALID' ? side : side + (pads[axis] ?? 0) + (pads[axis + sides.length] ?? 0);
    return round((padded - reach) / stride) + 1;
  });
}
