import { checkFeatures, type LabelledFeatures } from './features.ts';
import { gram, squaredLength, timesVector, transposed } from './matrix.ts';
import { symmetricSpectrum } from './spectrum.ts';

/** The ratio of the precisions is searched within e^-WIDEST .. e^WIDEST of the largest variance. */
const WIDEST = 25;
const GRID_STEPS = 100;
const LEAST_MISFIT = 1e-12;

/**
 * LogME (You et al. 2021): the log evidence per item of Bayesian linear regression from the features to each
 * class's 0/1 indicator, with the priors that maximise it, averaged over the classes that occur. Higher is
 * better. Costs min(rows, columns)^3 steps. Null without rows or when all features are zero.
 */
export function logMe(labelled: LabelledFeatures): number | null {
  checkFeatures(labelled);
  const { features, y, classes } = labelled;
  const indicators = Array.from({ length: classes }, (_, cls) =>
    Float64Array.from(y, (label) => Number(label === cls)),
  );
  const targets = indicators.filter((indicator) => indicator.includes(1));
  const { variances, alignments } = regressionSpectrum(labelled, targets);
  if (targets.length === 0 || variances.length === 0) return null;
  const evidences = targets.map((target, i) =>
    maximalEvidence({
      variances,
      aligned: alignments[i]!,
      energy: squaredLength(target),
      rows: features.rows,
    }),
  );
  return evidences.reduce((sum, evidence) => sum + evidence, 0) / evidences.length / features.rows;
}

/**
 * Squared singular values of the features (those above rounding), and for every target its squared parts along
 * the left singular vectors: from X X^T when there are fewer rows than columns, else from X^T X.
 */
function regressionSpectrum({ features }: LabelledFeatures, targets: Float64Array[]) {
  const fewRows = features.rows <= features.columns;
  const turned = transposed(features);
  const product = gram(fewRows ? features : turned);
  const columns = fewRows ? targets : targets.map((target) => timesVector(turned, target));
  const { values, projected } = symmetricSpectrum(
    product,
    Math.min(features.rows, features.columns),
    columns,
  );
  const smallest =
    values.reduce((largest, value) => Math.max(largest, value), 0) * values.length * Number.EPSILON;
  const kept = Array.from(values.keys()).filter((i) => values[i]! > smallest);
  return {
    variances: Float64Array.from(kept, (i) => values[i]!),
    alignments: projected.map((column) =>
      Float64Array.from(kept, (i) => column[i]! ** 2 / (fewRows ? 1 : values[i]!)),
    ),
  };
}

interface Regression {
  /** Squared singular values, above zero. */
  variances: Float64Array;
  /** Squared parts of the target along their vectors. */
  aligned: Float64Array;
  /** Squared length of the target. */
  energy: number;
  rows: number;
}

/**
 * The evidence at the best precisions of weights (alpha) and noise (beta). For a given ratio alpha / beta the best
 * beta has a closed form, so only the ratio is searched: a grid over its logarithm, then golden section. (The
 * paper's fixed-point iteration climbs to the same maximum, slowly where it is flat.)
 */
function maximalEvidence(regression: Regression): number {
  const largest = regression.variances.reduce((most, variance) => Math.max(most, variance), 0);
  const at = (logRatio: number) => evidenceAt(regression, largest * Math.exp(logRatio));
  const grid = Array.from({ length: GRID_STEPS + 1 }, (_, step) => WIDEST * ((2 * step) / GRID_STEPS - 1));
  const best = grid.reduce((most, logRatio) => (at(logRatio) > at(most) ? logRatio : most));
  const stride = (2 * WIDEST) / GRID_STEPS;
  let [low, high] = [best - stride, best + stride];
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-8) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (at(left) > at(right)) high = right;
    else low = left;
  }
  return at((low + high) / 2);
}

/** Log evidence at a ratio alpha / beta, with beta = rows / misfit. */
function evidenceAt({ variances, aligned, energy, rows }: Regression, ratio: number): number {
  const unreachable = energy - aligned.reduce((sum, part) => sum + part, 0);
  let misfit = unreachable > LEAST_MISFIT * energy ? unreachable : 0;
  let shrinkage = 0;
  for (let i = 0; i < variances.length; i++) {
    misfit += (aligned[i]! * ratio) / (variances[i]! + ratio);
    shrinkage += Math.log1p(variances[i]! / ratio);
  }
  // A perfect fit would have no noise at all, and evidence without bound.
  const noise = Math.max(misfit, LEAST_MISFIT * energy);
  return (rows * (Math.log(rows / (2 * Math.PI * noise)) - 1) - shrinkage) / 2;
}
