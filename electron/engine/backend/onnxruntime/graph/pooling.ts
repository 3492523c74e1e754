import { div, like } from './elementwise.ts';
import { expand, reshape } from './shaping.ts';
import type { Value } from './value.ts';
import { dim, integers, record, recordAll, scalar, sizeOf } from './value.ts';
import type { Window } from './windows.ts';
import { asChannelsFirst, extents, fromChannelsFirst, windowAttributes } from './windows.ts';

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

/** Sends `dy` to where the maxima were: x and y are input and result of the forward pass. */
export function maxPoolGradient(dy: Value, x: Value, y: Value, window: Window): Value {
  const indices = maxIndices(x, y, window);
  const upstream = asChannelsFirst(dy, window);
  const shape = [...upstream.shape.slice(0, 2), ...window.input];
  if (!overlaps(window)) {
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
