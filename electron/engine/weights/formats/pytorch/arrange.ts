import { elementsOf } from '../../source.ts';

/**
 * PyTorch keeps output channels first (`[out, in, height, width]`, `[out, in]`), Keras last. Each kind of weight says
 * how its axes move; `view` first splits an axis that a flattening has joined.
 */
export type Arrangement = 'same' | 'conv' | 'depthwise' | 'dense' | 'dense-after-flatten';

interface Move {
  view(shape: readonly number[]): number[] | null;
  axes: number[];
  result(viewed: readonly number[]): number[];
}

const permuted = (shape: readonly number[], axes: readonly number[]) => axes.map((axis) => shape[axis] ?? 0);
const ofRank = (rank: number) => (shape: readonly number[]) => (shape.length === rank ? [...shape] : null);

const conv = [2, 3, 1, 0];
const depthwise = [2, 3, 0, 1];
const dense = [1, 0];

/** VGG flattens a map of 512 channels by 7 by 7: PyTorch channel by channel, Keras pixel by pixel. */
const flattenedMap = [512, 7, 7];

const moves: Record<Exclude<Arrangement, 'same'>, Move> = {
  conv: { view: ofRank(4), axes: conv, result: (shape) => permuted(shape, conv) },
  depthwise: { view: ofRank(4), axes: depthwise, result: (shape) => permuted(shape, depthwise) },
  dense: { view: ofRank(2), axes: dense, result: (shape) => permuted(shape, dense) },
  'dense-after-flatten': {
    view: ([units = 0, inputs]) => (inputs === elementsOf(flattenedMap) ? [units, ...flattenedMap] : null),
    axes: conv,
    result: ([units = 0]) => [elementsOf(flattenedMap), units],
  },
};

/** Keras' shape of a PyTorch tensor, or its own shape where it cannot be arranged so. */
export function arrangedShape(shape: readonly number[], arrangement: Arrangement): number[] {
  if (arrangement === 'same') return [...shape];
  const viewed = moves[arrangement].view(shape);
  return viewed ? moves[arrangement].result(viewed) : [...shape];
}

/** The values of a PyTorch tensor in Keras' order. */
export function arrange(
  values: Float32Array,
  shape: readonly number[],
  arrangement: Arrangement,
): Float32Array {
  if (arrangement === 'same') return values;
  const { view, axes } = moves[arrangement];
  const viewed = view(shape);
  return viewed ? transpose(values, viewed, axes) : values;
}

function transpose(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => elementsOf(shape.slice(axis + 1)));
  const lengths = permuted(shape, axes);
  const steps = permuted(strides, axes);
  const result = new Float32Array(values.length);
  const index = lengths.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from] ?? 0;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      from += steps[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (lengths[axis] ?? 0)) break;
      from -= (steps[axis] ?? 0) * (lengths[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
