import { labelledItems, type Predictions } from '../predictions.ts';

/** Temperatures searched: beyond these the probabilities are all but uniform, or all but certain. */
const LOWEST = 0.02;
const HIGHEST = 50;
const MOST_STEPS = 100;

export interface TemperatureFit {
  /** Probabilities become softmax(log p / temperature): above 1 softens, below 1 sharpens. */
  temperature: number;
  /** Mean log loss of the items it was fitted on, before and after. */
  lossBefore: number;
  lossAfter: number;
  /** True when the best temperature lies outside the range searched, as when every answer is right. */
  atBound: boolean;
}

/**
 * Temperature scaling (Guo et al. 2017), fitted on validation predictions. The loss is convex in 1 / temperature,
 * so Newton's method finds it, with bisection where a step would leave the bracket. Null without labelled items.
 */
export function fitTemperature(validation: Predictions): TemperatureFit | null {
  const items = labelledItems(validation);
  if (items.length === 0) return null;
  const logits = logitsOf(validation);
  let [low, high] = [1 / HIGHEST, 1 / LOWEST];
  const slopeAt = (inverse: number) => lossAt(validation, logits, items, inverse).slope;
  const bound = slopeAt(low) >= 0 ? low : slopeAt(high) <= 0 ? high : null;
  let inverse = bound ?? 1;
  for (let step = 0; bound === null && step < MOST_STEPS && high - low > 1e-14 * high; step++) {
    const { slope, curvature } = lossAt(validation, logits, items, inverse);
    if (slope > 0) high = inverse;
    else low = inverse;
    const next = inverse - slope / curvature;
    const inside = next > low && next < high;
    const moved = inside ? next : (low + high) / 2;
    if (moved === inverse) break;
    inverse = moved;
  }
  return {
    temperature: 1 / inverse,
    lossBefore: lossAt(validation, logits, items, 1).loss,
    lossAfter: lossAt(validation, logits, items, inverse).loss,
    atBound: bound !== null,
  };
}

/** The same predictions at another temperature. Throws `RangeError` unless it is above 0. */
export function withTemperature(predictions: Predictions, temperature: number): Predictions {
  if (!(temperature > 0)) throw new RangeError(`a temperature above 0 is needed, received ${temperature}`);
  const width = predictions.classes.length;
  const logits = logitsOf(predictions);
  const p = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += width)
    softmaxRow(logits, start, width, 1 / temperature, p);
  return { ...predictions, p };
}

/** Logarithms of the probabilities; a zero counts as the smallest step of its stored type. */
function logitsOf({ p }: Predictions): Float64Array {
  const epsilon = p instanceof Float32Array ? 2 ** -149 : Number.MIN_VALUE;
  return Float64Array.from(p, (value) => Math.log(Math.max(epsilon, value)));
}

/** Mean log loss at 1 / temperature = `inverse`, with its first and second derivative. */
function lossAt({ classes, y }: Predictions, logits: Float64Array, items: Int32Array, inverse: number) {
  const width = classes.length;
  const p = new Float64Array(width);
  let [loss, slope, curvature] = [0, 0, 0];
  for (const item of items) {
    const row = logits.subarray(item * width, (item + 1) * width);
    const logTotal = softmaxRow(row, 0, width, inverse, p);
    const mean = p.reduce((sum, share, cls) => sum + share * row[cls]!, 0);
    loss += logTotal - inverse * row[y[item]!]!;
    slope += mean - row[y[item]!]!;
    curvature += p.reduce((sum, share, cls) => sum + share * (row[cls]! - mean) ** 2, 0);
  }
  return { loss: loss / items.length, slope: slope / items.length, curvature: curvature / items.length };
}

/** Writes softmax(inverse * row) to the same place of `into`; returns the log of the normaliser. */
function softmaxRow(
  logits: Float64Array,
  start: number,
  width: number,
  inverse: number,
  into: Float64Array,
): number {
  let largest = -Infinity;
  for (let i = start; i < start + width; i++) largest = Math.max(largest, inverse * logits[i]!);
  let total = 0;
  for (let i = start; i < start + width; i++) total += into[i] = Math.exp(inverse * logits[i]! - largest);
  for (let i = start; i < start + width; i++) into[i]! /= total;
  return largest + Math.log(total);
}
