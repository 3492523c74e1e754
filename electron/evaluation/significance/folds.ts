import { studentQuantile } from './distributions.ts';
import { summarizeRepeats } from './repeats.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

export interface FoldSummary {
  mean: number;
  /** Standard deviation over the folds (k - 1). */
  deviation: number;
  interval: Interval;
}

/**
 * Mean of a score over the folds of one cross-validation with Student's interval. Folds share most of their training
 * items, so the plain variance of the mean is too small; it is corrected by 1 / k + (items tested) / (items trained),
 * here 1 / k + 1 / (k - 1) (Nadeau & Bengio 2003, "Inference for the Generalization Error"). No unbiased estimate
 * exists (Bengio & Grandvalet 2004). Throws `RangeError` with fewer than two folds.
 */
export function summarizeFolds(values: number[], confidence = CONFIDENCE): FoldSummary {
  const folds = values.length;
  if (folds < 2) throw new RangeError(`a cross-validation has two folds or more, received ${folds}`);
  const { mean, deviation } = summarizeRepeats(values, confidence);
  const error = deviation! * Math.sqrt(1 / folds + 1 / (folds - 1));
  const spread = studentQuantile((1 + confidence) / 2, folds - 1) * error;
  return { mean, deviation: deviation!, interval: [mean - spread, mean + spread] };
}
