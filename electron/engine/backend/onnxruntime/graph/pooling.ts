import { capabilities } from './capabilities.ts';
import { add, compare, div, like, unary, where } from './elementwise.ts';
import { expand, pad, reshape, slice, zeroPad } from './shaping.ts';
import type { Value } from './value.ts';
import { dim, integers, record, recordAll, scalar, sizeOf } from './value.ts';
import type { Window } from './windows.ts';
import { asChannelsFirst, extents, fromChannelsFirst, kernelPositions, windowAttributes } from './windows.ts';

/** The largest element under the window, and its position in the whole flattened channels-first input. */
function maxPoolWithIndices(x: Value, window: Window): { pooled: Value; indices: Value } {
  const shape = [...x.shape.slice(0, 2), ...window.output];
  const [pooled, indices] = recordAll('MaxPool', [x], windowAttributes(window), [
    { type: x.type, shape },
    { type: 'int64', shape },
  ]);
  if (!pooled || !indices) throw new Error('MaxPool has two outputs.');
  return { pooled, indices };
}

export function maxPool(x: Value, window: Window): Value {
  return fromChannelsFirst(maxPoolWithIndices(asChannelsFirst(x, window), window).pooled, window);
}

/** The indices recorded with the forward pass, when it is part of the same graph; else they are recorded anew. */
function maxIndices(x: Value, y: Value, window: Window): Value {
  const forward = asChannelsFirst(y, window).node;
  const recorded = forward?.op === 'MaxPool' ? forward.outputs[1] : undefined;
  return recorded ?? maxPoolWithIndices(asChannelsFirst(x, window), window).indices;
}

const overlaps = (window: Window): boolean =>
  extents(window).some((extent, axis) => extent > dim(window.strides, axis));

const isPadded = ({ before, after }: Window): boolean =>
  [...before, ...after].some((padding) => padding !== 0);

/** Sends `dy` to where the maxima were: x and y are input and result of the forward pass. */
export function maxPoolGradient(dy: Value, x: Value, y: Value, window: Window): Value {
  if (!capabilities().maxPoolIndices) return maxPoolGradientByComparison(dy, x, y, window);
  const indices = maxIndices(x, y, window);
  const upstream = asChannelsFirst(dy, window);
  const shape = [...upstream.shape.slice(0, 2), ...window.input];
  // MaxUnpool refuses an output that windows reach beyond.
  if (!overlaps(window) && !isPadded(window)) {
    const spread = record(
      'MaxUnpool',
      [upstream, indices, integers(shape)],
      { kernel_shape: window.kernel, strides: window.strides },
      'float32',
      shape,
    );
    return fromChannelsFirst(spread, window);
  }
  const zeros = expand(scalar('float32', 0), [sizeOf(shape)]);
  const count = sizeOf(upstream.shape);
  const inputs = [zeros, reshape(indices, [count]), reshape(upstream, [count])];
  const sums = record('ScatterElements', inputs, { axis: 0, reduction: 'add' }, 'float32', zeros.shape);
  return fromChannelsFirst(reshape(sums, shape), window);
}

/** Elements of [batch, channels, ...output] set apart by the strides, zeros between them. */
function setApart(x: Value, { strides }: Window): Value {
  const [batch, channels, ...lengths] = x.shape;
  const leading = [batch ?? 1, channels ?? 1];
  const raised = [...leading, ...lengths.flatMap((length) => [length, 1])];
  const after = [0, 0, ...strides.flatMap((stride) => [0, stride - 1])];
  const padded = zeroPad(
    reshape(x, raised),
    after.map(() => 0),
    after,
  );
  return reshape(padded, [...leading, ...lengths.map((length, axis) => length * dim(strides, axis))]);
}

/** Adds zeros or takes away at the end of the spatial axes until they have these lengths. */
function fitted(x: Value, offsets: readonly number[], lengths: readonly number[]): Value {
  const missing = lengths.map((length, axis) => length - dim(x.shape, axis + 2) - dim(offsets, axis));
  const after = missing.map((amount) => Math.max(0, amount));
  const padded = zeroPad(x, [0, 0, ...offsets], [0, 0, ...after]);
  return slice(
    padded,
    lengths.map((size, axis) => ({ axis: axis + 2, start: 0, size })),
  );
}

/** The same gradient without indices: what equals the maximum, the first one in each window, gets `dy`. */
function maxPoolGradientByComparison(dy: Value, x: Value, y: Value, window: Window): Value {
  const [input, output, upstream] = [x, y, dy].map((value) => asChannelsFirst(value, window));
  if (!input || !output || !upstream) throw new Error('A gradient has three operands.');
  const [before, after] = [window.before, window.after];
  const padded = pad(input, [0, 0, ...before], [0, 0, ...after], scalar('float32', -Infinity));
  const lengths = padded.shape.slice(2);
  let taken: Value | null = null;
  let sum: Value | null = null;
  for (const position of kernelPositions(window.kernel)) {
    const offsets = position.map((offset, axis) => offset * dim(window.dilations, axis));
    const ranges = offsets.map((start, axis) => ({
      axis: axis + 2,
      start,
      size: dim(window.output, axis),
      step: dim(window.strides, axis),
    }));
    const equal = compare('Equal', slice(padded, ranges), output);
    const chosen: Value = taken ? compare('And', equal, unary('Not', taken)) : equal;
    taken = taken ? compare('Or', taken, equal) : equal;
    const spread = fitted(setApart(where(chosen, upstream, like(upstream, 0)), window), offsets, lengths);
    sum = sum ? add(sum, spread) : spread;
  }
  if (!sum) throw new Error('A window has at least one position.');
  const inner = before.map((start, axis) => ({ axis: axis + 2, start, size: dim(window.input, axis) }));
  return fromChannelsFirst(slice(sum, inner), window);
}

/** Mean under the window, padding not counted. */
export function averagePool(x: Value, window: Window): Value {
  const input = asChannelsFirst(x, window);
  const shape = [...input.shape.slice(0, 2), ...window.output];
  return fromChannelsFirst(
    record('AveragePool', [input], windowAttributes(window), 'float32', shape),
    window,
  );
}

/**
 * Spreads `dy` evenly under each window, as tfjs does: every element counts for the whole kernel, also
 * where the window hangs over the edge. Channels are batch entries here, so that one kernel serves all.
 */
export function averagePoolGradient(dy: Value, window: Window): Value {
  const upstream = asChannelsFirst(dy, window);
  const [batch, channels] = [dim(upstream.shape, 0), dim(upstream.shape, 1)];
  const single = reshape(div(upstream, like(upstream, sizeOf(window.kernel))), [
    batch * channels,
    1,
    ...window.output,
  ]);
  const ones = expand(scalar('float32', 1), [1, 1, ...window.kernel]);
  const outputPadding = extents(window).map(
    (extent, axis) =>
      dim(window.input, axis) -
      ((dim(window.output, axis) - 1) * dim(window.strides, axis) +
        extent -
        dim(window.before, axis) -
        dim(window.after, axis)),
  );
  const attributes = { ...windowAttributes(window), output_padding: outputPadding };
  const spread = record('ConvTranspose', [single, ones], attributes, 'float32', [
    batch * channels,
    1,
    ...window.input,
  ]);
  return fromChannelsFirst(reshape(spread, [batch, channels, ...window.input]), window);
}
