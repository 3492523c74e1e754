import {
  checkPredictions,
  classScores,
  labelledItems,
  predictedClasses,
  type Predictions,
} from '../predictions.ts';
import { itemLogLosses } from '../probability-scores.ts';
import { pairedBootstrap, type BootstrapOptions, type PairedDifference } from './bootstrap.ts';
import { delongTest, type AreaComparison } from './delong.ts';
import { holmAdjusted } from './holm.ts';
import { mcnemarTest, type McNemarResult } from './mcnemar.ts';
import { detectableDifference, pairedAccuracyInterval, type PairedCounts } from './paired-accuracy.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

export type Verdict = 'second-better' | 'first-better' | 'unproven';

/** Two runs on the same items. Every difference is second - first, as a share (0.018 is 1.8 points). */
export interface RunComparison {
  n: number;
  counts: PairedCounts;
  accuracy: { first: number; second: number; difference: number; interval: Interval };
  mcnemar: McNemarResult;
  /** McNemar's p after Holm's correction for all the pairs compared together; alone, the same p. */
  adjustedP: number;
  /** A winner only where both the adjusted p and the interval say so. */
  verdict: Verdict;
  /** The difference that could have been found with 80 % power at this disagreement; null where none. */
  detectable: number | null;
  /** Log loss, lower is better. */
  logLoss: PairedDifference;
  /** DeLong's test of each class against the rest; null where a class has no positives or no negatives. */
  areas: (AreaComparison | null)[];
}

/**
 * Compares two runs item by item. Both must hold the same items in the same order with the same classes and
 * labels; throws `RangeError` otherwise, or when no item has a label.
 */
export function compareRuns(
  first: Predictions,
  second: Predictions,
  options: BootstrapOptions = {},
): RunComparison {
  checkSameItems(first, second);
  const confidence = options.confidence ?? CONFIDENCE;
  const items = labelledItems(first);
  const counts = pairedCounts(first, second, items);
  const n = items.length;
  const shares = [counts.bothCorrect + counts.onlyFirst, counts.bothCorrect + counts.onlySecond].map(
    (c) => c / n,
  );
  const accuracy = {
    first: shares[0]!,
    second: shares[1]!,
    difference: (counts.onlySecond - counts.onlyFirst) / n,
    interval: pairedAccuracyInterval(counts, confidence),
  };
  const mcnemar = mcnemarTest(counts.onlyFirst, counts.onlySecond);
  return {
    n,
    counts,
    accuracy,
    mcnemar,
    adjustedP: mcnemar.p,
    verdict: verdictOn(accuracy.interval, mcnemar.p, confidence),
    detectable: detectableDifference(n, (counts.onlyFirst + counts.onlySecond) / n, undefined, confidence),
    logLoss: pairedBootstrap(lossesOf(first, items), lossesOf(second, items), options)!,
    areas: first.classes.map((_, cls) =>
      delongTest(classScores(first, cls), classScores(second, cls), confidence),
    ),
  };
}

export interface PairOfRuns {
  /** Indices into the runs given. */
  first: number;
  second: number;
  comparison: RunComparison;
}

/** Compares every pair of runs, with p-values and verdicts corrected for their number (Holm). */
export function compareAllRuns(runs: Predictions[], options: BootstrapOptions = {}): PairOfRuns[] {
  const pairs = runs.flatMap((_, first) =>
    runs.slice(first + 1).map((__, i) => ({ first, second: first + 1 + i })),
  );
  const compared = pairs.map((pair) => ({
    ...pair,
    comparison: compareRuns(runs[pair.first]!, runs[pair.second]!, options),
  }));
  const adjusted = holmAdjusted(compared.map(({ comparison }) => comparison.mcnemar.p));
  return compared.map((pair, i) => ({
    ...pair,
    comparison: withAdjustedP(pair.comparison, adjusted[i]!, options),
  }));
}

function withAdjustedP(
  comparison: RunComparison,
  adjustedP: number,
  options: BootstrapOptions,
): RunComparison {
  const verdict = verdictOn(comparison.accuracy.interval, adjustedP, options.confidence ?? CONFIDENCE);
  return { ...comparison, adjustedP, verdict };
}

function verdictOn([low, high]: Interval, p: number, confidence: number): Verdict {
  if (p >= 1 - confidence) return 'unproven';
  if (low > 0) return 'second-better';
  return high < 0 ? 'first-better' : 'unproven';
}

function pairedCounts(first: Predictions, second: Predictions, items: Int32Array): PairedCounts {
  const [a, b] = [predictedClasses(first), predictedClasses(second)];
  const counts: PairedCounts = { bothCorrect: 0, onlyFirst: 0, onlySecond: 0, bothWrong: 0 };
  for (const item of items) {
    const [isA, isB] = [a[item] === first.y[item], b[item] === first.y[item]];
    counts[isA && isB ? 'bothCorrect' : isA ? 'onlyFirst' : isB ? 'onlySecond' : 'bothWrong'] += 1;
  }
  return counts;
}

function lossesOf(predictions: Predictions, items: Int32Array): Float64Array {
  const losses = itemLogLosses(predictions);
  return Float64Array.from(items, (item) => losses[item]!);
}

function checkSameItems(first: Predictions, second: Predictions): void {
  const n = checkPredictions(first);
  if (checkPredictions(second) !== n)
    throw new RangeError(`the runs judged ${n} and ${second.y.length} items`);
  if (first.classes.join('\n') !== second.classes.join('\n'))
    throw new RangeError('the runs have different classes');
  for (let item = 0; item < n; item++) {
    if (first.y[item] !== second.y[item])
      throw new RangeError(`item ${item} has different labels in the two runs`);
  }
  if (labelledItems(first).length === 0) throw new RangeError('no item has a label to compare on');
}
