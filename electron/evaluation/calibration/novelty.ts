import { checkFeatures, type FeatureMatrix, type LabelledFeatures } from '../transferability/features.ts';
import { ledoitWolf } from '../transferability/h-score.ts';
import {
  cholesky,
  gram,
  normalizedRows,
  solveLower,
  squaredLength,
  transposed,
} from '../transferability/matrix.ts';
import { splitQuantile } from './conformal.ts';

/**
 * A rule that says "I don't know" to inputs unlike the training data, by their backbone features.
 * `neighbours`: cosine distance to the k-th nearest training item (Sun et al. 2022).
 * `mahalanobis`: squared distance to the nearest class mean in the classes' shared spread (Lee et al. 2018).
 */
export type NoveltyRule = NeighbourRule | MahalanobisRule;

interface Threshold {
  /** Scores above this are answered "I don't know". Null: too few held-out items to promise `accepted`. */
  threshold: number | null;
  /** Share of inputs like the held-out ones that are still answered, at least. */
  accepted: number;
}

export interface NeighbourRule extends Threshold {
  method: 'neighbours';
  k: number;
  /** Training features with rows of length 1. */
  bank: FeatureMatrix;
}

export interface MahalanobisRule extends Threshold {
  method: 'mahalanobis';
  /** Class means, one row each. */
  means: FeatureMatrix;
  /** Lower triangle of the shared covariance, `[columns * columns]`. */
  lower: Float64Array;
}

export const NOVELTY_NEIGHBOURS = 10;
const ACCEPTED = 0.95;

/**
 * Fits the neighbour rule on training features and sets its threshold on held-out ones (validation), so that a
 * share `accepted` of such inputs is still answered. Throws `RangeError` with fewer than `k` training rows.
 */
export function fitNeighbourRule(
  training: FeatureMatrix,
  heldOut: FeatureMatrix,
  accepted = ACCEPTED,
  k = NOVELTY_NEIGHBOURS,
): NeighbourRule {
  if (training.rows < k) throw new RangeError(`${k} training rows are needed, received ${training.rows}`);
  const rule: NeighbourRule = {
    method: 'neighbours',
    k,
    bank: normalizedRows(training),
    accepted,
    threshold: null,
  };
  return { ...rule, threshold: splitQuantile(noveltyScores(rule, heldOut), accepted) };
}

/**
 * Fits the Mahalanobis rule: class means and their shared covariance, shrunk by Ledoit and Wolf so that it can
 * be inverted with fewer rows than features. Throws `RangeError` when the features do not vary within classes.
 */
export function fitMahalanobisRule(
  training: LabelledFeatures,
  heldOut: FeatureMatrix,
  accepted = ACCEPTED,
): MahalanobisRule {
  checkFeatures(training);
  const occupied = occupiedClasses(training);
  const means = classMeans(occupied);
  const lower = cholesky(sharedCovariance(occupied, means), means.columns);
  const rule: MahalanobisRule = { method: 'mahalanobis', means, lower, accepted, threshold: null };
  return { ...rule, threshold: splitQuantile(noveltyScores(rule, heldOut), accepted) };
}

/** How unlike the training data each row is; compare with the rule's threshold. */
export function noveltyScores(rule: NoveltyRule, features: FeatureMatrix): Float64Array {
  const { columns } = features;
  const rows = rule.method === 'neighbours' ? normalizedRows(features).values : features.values;
  return Float64Array.from({ length: features.rows }, (_, row) => {
    const x = Float64Array.from({ length: columns }, (__, j) => rows[row * columns + j]!);
    return rule.method === 'neighbours' ? neighbourDistance(rule, x) : meanDistance(rule, x);
  });
}

function neighbourDistance({ bank, k }: NeighbourRule, x: Float64Array): number {
  const similarities = new Float64Array(bank.rows);
  for (let row = 0; row < bank.rows; row++) {
    let sum = 0;
    for (let j = 0, at = row * bank.columns; j < bank.columns; j++) sum += bank.values[at + j]! * x[j]!;
    similarities[row] = sum;
  }
  return 1 - similarities.sort()[bank.rows - k]!;
}

function meanDistance({ means, lower }: MahalanobisRule, x: Float64Array): number {
  let nearest = Infinity;
  for (let cls = 0; cls < means.rows; cls++) {
    const difference = x.map((value, j) => value - means.values[cls * means.columns + j]!);
    nearest = Math.min(nearest, squaredLength(solveLower(lower, means.columns, difference)));
  }
  return nearest;
}

/** The same rows with classes numbered anew, those without a row left out. */
function occupiedClasses({ features, y }: LabelledFeatures): LabelledFeatures {
  const present = Array.from(new Set(Array.from(y))).sort((a, b) => a - b);
  const position = new Map(present.map((cls, at) => [cls, at]));
  return { features, y: Int32Array.from(y, (cls) => position.get(cls)!), classes: present.length };
}

/** One mean per row of the result; every class has rows. */
function classMeans({ features, y, classes }: LabelledFeatures): FeatureMatrix {
  const { values, rows, columns } = features;
  const counts = new Int32Array(classes);
  for (let row = 0; row < rows; row++) counts[y[row]!]! += 1;
  const means = new Float64Array(classes * columns);
  for (let row = 0; row < rows; row++) {
    const [at, count] = [y[row]! * columns, counts[y[row]!]!];
    for (let j = 0; j < columns; j++) means[at + j]! += values[row * columns + j]! / count;
  }
  return { values: means, rows: classes, columns };
}

/** Covariance around each row's own class mean, shrunk towards its mean variance. */
function sharedCovariance({ features, y }: LabelledFeatures, means: FeatureMatrix): Float64Array {
  const { values, rows, columns } = features;
  const around = Float64Array.from(
    { length: rows * columns },
    (_, i) => values[i]! - means.values[y[Math.floor(i / columns)]! * columns + (i % columns)]!,
  );
  const deviations = { values: around, rows, columns };
  const product = gram(transposed(deviations));
  const variance = squaredLength(around) / (rows * columns);
  const amount = ledoitWolf(deviations, product, variance);
  const covariance = product.map((value) => ((1 - amount) * value) / rows);
  for (let j = 0; j < columns; j++) covariance[j * columns + j]! += amount * variance;
  return covariance;
}
