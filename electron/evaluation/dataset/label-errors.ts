/**
 * Confident learning (Northcutt, Jiang, Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset
 * Labels", JAIR 70): which labels are probably wrong, from probabilities of models that did not see the item.
 */
export interface OutOfSample {
  /** Probabilities `[n * classes]`, each row from a model trained without that item. */
  p: ArrayLike<number>;
  /** Given label per item, `[n]`, 0 to `classes` - 1. */
  y: ArrayLike<number>;
  classes: number;
}

export interface LabelError {
  /** Row of the item. */
  item: number;
  given: number;
  /** The class whose confident members the item belongs to. */
  suggested: number;
  /** p(given) - p(suggested), -1 to 1: the normalized margin. The lower, the surer the error. */
  margin: number;
  /** p(given): the self-confidence. */
  selfConfidence: number;
}

/** Per class the mean probability that its own items get for it: what counts as confident. NaN without items. */
export function confidenceThresholds({ p, y, classes }: OutOfSample): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (let item = 0; item < y.length; item++) {
    const label = y[item]!;
    sums[label]! += p[item * classes + label]!;
    counts[label]!++;
  }
  return sums.map((sum, label) => sum / counts[label]!);
}

/**
 * The class an item confidently belongs to: of those whose threshold its probability reaches, the most probable;
 * -1 when it reaches none.
 */
function confidentClass({ p, classes }: OutOfSample, thresholds: Float64Array, item: number): number {
  let best = -1;
  for (let label = 0; label < classes; label++) {
    const value = p[item * classes + label]!;
    if (value < thresholds[label]! || Number.isNaN(thresholds[label]!)) continue;
    if (best < 0 || value > p[item * classes + best]!) best = label;
  }
  return best;
}

/** Counts of items by given label (row) and confident class (column), `[classes][classes]`: the confident joint. */
export function confidentJoint(data: OutOfSample): number[][] {
  const thresholds = confidenceThresholds(data);
  const joint = Array.from({ length: data.classes }, () => new Array<number>(data.classes).fill(0));
  for (let item = 0; item < data.y.length; item++) {
    const label = confidentClass(data, thresholds, item);
    if (label >= 0) joint[data.y[item]!]![label]!++;
  }
  return joint;
}

/**
 * The estimated joint distribution of given and true label, `[classes][classes]`, adding up to 1: the confident
 * joint with every row scaled to its label's number of items. A label none of whose items is confident is taken
 * as right.
 */
export function labelJoint(data: OutOfSample): number[][] {
  const counts = new Array<number>(data.classes).fill(0);
  for (let item = 0; item < data.y.length; item++) counts[data.y[item]!]!++;
  return confidentJoint(data).map((row, given) => {
    const confident = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, label) => {
      const share = confident > 0 ? count / confident : Number(label === given);
      return (share * counts[given]!) / Math.max(1, data.y.length);
    });
  });
}

/**
 * The items off the diagonal of the confident joint, the surest error first: by normalized margin, then by
 * self-confidence. Of every pair of classes at most as many as the joint estimates (`labelJoint`).
 */
export function labelErrors(data: OutOfSample): LabelError[] {
  const { p, y, classes } = data;
  const thresholds = confidenceThresholds(data);
  const errors: LabelError[] = [];
  for (let item = 0; item < y.length; item++) {
    const given = y[item]!;
    const suggested = confidentClass(data, thresholds, item);
    if (suggested < 0 || suggested === given) continue;
    const selfConfidence = p[item * classes + given]!;
    errors.push({
      item,
      given,
      suggested,
      margin: selfConfidence - p[item * classes + suggested]!,
      selfConfidence,
    });
  }
  errors.sort((a, b) => a.margin - b.margin || a.selfConfidence - b.selfConfidence || a.item - b.item);
  return withinEstimate(errors, labelJoint(data), y.length);
}

/** "Prune by noise rate" (section 3.2 of the paper), applied to the confident off-diagonal items. */
function withinEstimate(ranked: LabelError[], joint: number[][], items: number): LabelError[] {
  const room = joint.map((row) => row.map((share) => Math.round(share * items)));
  return ranked.filter(({ given, suggested }) => room[given]![suggested]!-- > 0);
}
