/** What a run stored about the items of a split: the only input of everything in this folder. */
export interface Predictions {
  /** Class names, in the order of the columns of `p`. */
  classes: string[];
  /** True class index per item, `[n]`; -1 where the item has no label (left out of every metric). */
  y: ArrayLike<number>;
  /** Predicted probabilities, `[n * classes]`, one row per item. */
  p: ArrayLike<number>;
}

/**
 * Checks that the arrays fit together and returns the number of items.
 * Throws `RangeError` on a wrong length, a label outside the classes, or a probability that is not a
 * finite number (a diverged training); the message names the item.
 */
export function checkPredictions({ classes, y, p }: Predictions): number {
  const width = classes.length;
  if (p.length !== y.length * width) {
    throw new RangeError(
      `${y.length} items of ${width} classes need ${y.length * width} probabilities, received ${p.length}`,
    );
  }
  for (let item = 0; item < y.length; item++) {
    const label = y[item]!;
    if (!Number.isInteger(label) || label < -1 || label >= width) {
      throw new RangeError(`item ${item} has label ${label}, which is none of the ${width} classes`);
    }
  }
  for (let i = 0; i < p.length; i++) {
    if (!Number.isFinite(p[i]!))
      throw new RangeError(`item ${Math.floor(i / width)} has a probability of ${p[i]}`);
  }
  return y.length;
}

/** Indices of the items that have a label. */
export function labelledItems({ y }: Predictions): Int32Array {
  const items = new Int32Array(y.length);
  let count = 0;
  for (let item = 0; item < y.length; item++) {
    if (y[item]! >= 0) items[count++] = item;
  }
  return items.slice(0, count);
}

/** The most probable class of every item, `[n]`; of equal probabilities the first class, as argmax does. */
export function predictedClasses({ classes, y, p }: Predictions): Int32Array {
  const predicted = new Int32Array(y.length);
  for (let item = 0; item < y.length; item++)
    predicted[item] = argmax(p, item * classes.length, classes.length);
  return predicted;
}

/** Offset from `start` of the first largest of `count` values. */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) {
    if (values[start + i]! > values[start + best]!) best = i;
  }
  return best;
}

/** Scores of a two-sided question, the positives and the negatives apart, each in stored order. */
export interface BinaryScores {
  positive: Float64Array;
  negative: Float64Array;
}

/** One against the rest: the probabilities of class `cls`, of the items that are it and of those that are not. */
export function classScores({ classes, y, p }: Predictions, cls: number): BinaryScores {
  const positive: number[] = [];
  const negative: number[] = [];
  for (let item = 0; item < y.length; item++) {
    if (y[item]! < 0) continue;
    (y[item] === cls ? positive : negative).push(p[item * classes.length + cls]!);
  }
  return { positive: Float64Array.from(positive), negative: Float64Array.from(negative) };
}

/** All one-against-the-rest questions pooled into one, as micro averages are defined. */
export function pooledScores(predictions: Predictions): BinaryScores {
  const { classes, y, p } = predictions;
  const items = labelledItems(predictions);
  const positive = new Float64Array(items.length);
  const negative = new Float64Array(items.length * Math.max(0, classes.length - 1));
  let filled = 0;
  items.forEach((item, i) => {
    for (let cls = 0; cls < classes.length; cls++) {
      const score = p[item * classes.length + cls]!;
      if (cls === y[item]) positive[i] = score;
      else negative[filled++] = score;
    }
  });
  return { positive, negative };
}
