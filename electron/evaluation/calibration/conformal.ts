import { argmax, labelledItems, type Predictions } from '../predictions.ts';
import { proportion, type Proportion } from '../significance/wilson.ts';

/**
 * `lac`: least ambiguous sets (Sadinle et al. 2019), the smallest on average.
 * `aps`: adaptive sets (Romano et al. 2020, without randomisation), larger for hard items and more even in
 * coverage across them, somewhat above the promised coverage.
 */
export type ConformalMethod = 'lac' | 'aps';

/** A fitted rule for prediction sets, small enough to store with a model. */
export interface ConformalRule {
  method: ConformalMethod;
  /** The true class is in the set for at least this share of items like those it was fitted on. */
  coverage: number;
  /** Classes whose score is at most this are in the set. Above 1 (every score) when the items were too few. */
  threshold: number;
  /** Items it was fitted on. */
  items: number;
}

/** Above every score, rounding included: the set then holds all classes. */
const EVERY_CLASS = 2;

/**
 * Split conformal prediction: the threshold is the ceil((n + 1) coverage)-th smallest score of the true classes
 * of held-out items that trained nothing (validation). Throws `RangeError` unless 0 < coverage < 1.
 */
export function fitConformal(
  validation: Predictions,
  coverage = 0.9,
  method: ConformalMethod = 'lac',
): ConformalRule {
  if (!(coverage > 0 && coverage < 1))
    throw new RangeError(`a coverage between 0 and 1 is needed, received ${coverage}`);
  const width = validation.classes.length;
  const items = labelledItems(validation);
  const scores = Float64Array.from(
    items,
    (item) => classScoresOfRow(validation.p, item * width, width, method)[validation.y[item]!]!,
  );
  const threshold = splitQuantile(scores, coverage) ?? EVERY_CLASS;
  return { method, coverage, threshold, items: items.length };
}

/**
 * The ceil((n + 1) share)-th smallest score: a new score of the same kind is at most this with probability `share`
 * or more, whatever their distribution. Null when the scores are too few to promise that.
 */
export function splitQuantile(scores: Float64Array, share: number): number | null {
  const rank = Math.ceil((scores.length + 1) * share);
  return rank <= scores.length ? scores.slice().sort()[rank - 1]! : null;
}

/**
 * The classes of one item that the rule cannot rule out, most probable first; `p` holds the row at `start`.
 * Never empty: the most probable class is always in, which can only raise the coverage.
 */
export function predictionSet(
  p: ArrayLike<number>,
  start: number,
  classes: number,
  rule: ConformalRule,
): number[] {
  const scores = classScoresOfRow(p, start, classes, rule.method);
  const best = argmax(p, start, classes);
  return Array.from({ length: classes }, (_, cls) => cls)
    .filter((cls) => cls === best || scores[cls]! <= rule.threshold)
    .sort((a, b) => p[start + b]! - p[start + a]!);
}

export interface ConformalReport {
  /** Share of items whose true class is in their set; null without labelled items. */
  coverage: Proportion | null;
  /** Mean number of classes in a set. */
  meanSize: number | null;
  /** `sizes[k]` counts the items whose set has k classes; `sizes[0]` is always 0. */
  sizes: number[];
}

/** How the rule does on other items (test): the coverage it really reached and how large its sets are. */
export function conformalReport(predictions: Predictions, rule: ConformalRule): ConformalReport {
  const width = predictions.classes.length;
  const items = labelledItems(predictions);
  const sizes = new Array<number>(width + 1).fill(0);
  let [covered, members] = [0, 0];
  for (const item of items) {
    const set = predictionSet(predictions.p, item * width, width, rule);
    sizes[set.length]! += 1;
    members += set.length;
    covered += Number(set.includes(predictions.y[item]!));
  }
  return {
    coverage: proportion(covered, items.length),
    meanSize: items.length > 0 ? members / items.length : null,
    sizes,
  };
}

/** Non-conformity of every class of a row: 1 - p for LAC, the mass down to and with the class for APS. */
function classScoresOfRow(
  p: ArrayLike<number>,
  start: number,
  classes: number,
  method: ConformalMethod,
): Float64Array {
  if (method === 'lac') return Float64Array.from({ length: classes }, (_, cls) => 1 - p[start + cls]!);
  const order = Int32Array.from({ length: classes }, (_, cls) => cls).sort(
    (a, b) => p[start + b]! - p[start + a]!,
  );
  const scores = new Float64Array(classes);
  let mass = 0;
  for (const cls of order) {
    mass += p[start + cls]!;
    scores[cls] = mass;
  }
  return scores;
}
