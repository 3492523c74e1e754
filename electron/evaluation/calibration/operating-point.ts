import type { ConfusionMatrix } from '../confusion.ts';
import { classScores, labelledItems, type BinaryScores, type Predictions } from '../predictions.ts';
import { proportion, type Proportion } from '../significance/wilson.ts';
import { thresholdCounts, type ThresholdCounts } from '../thresholds.ts';

/** What calling `score >= threshold` positive does to one class against the rest. */
export interface OperatingPoint {
  threshold: number;
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
  /** Null where nothing was called positive, or nothing is positive, or nothing negative. */
  precision: Proportion | null;
  recall: Proportion | null;
  falsePositiveRate: Proportion | null;
  /** 0 where there is nothing to find and nothing was called. */
  f1: number;
}

/** What a mistake costs, in any one unit; right answers cost nothing. */
export interface MistakeCosts {
  falsePositive: number;
  falseNegative: number;
}

/** What to choose a threshold for. Of equal thresholds the strictest wins. */
export type OperatingGoal =
  | { kind: 'f1' }
  /** Youden's J (1950): true-positive rate less false-positive rate. */
  | { kind: 'youden' }
  | { kind: 'cost'; costs: MistakeCosts }
  /** The highest precision among thresholds with at least this recall. */
  | { kind: 'recall'; atLeast: number }
  /** The highest recall among thresholds with at least this precision. */
  | { kind: 'precision'; atLeast: number };

/** The numbers at a threshold; the slider of the results page and the test of a point chosen on validation. */
export function atThreshold(predictions: Predictions, cls: number, threshold: number): OperatingPoint {
  return pointAt(classScores(predictions, cls), threshold);
}

/**
 * Chooses the threshold that serves the goal best, on validation. Null when no threshold reaches the goal, or
 * the class has no positives.
 */
export function chooseOperatingPoint(
  validation: Predictions,
  cls: number,
  goal: OperatingGoal,
): OperatingPoint | null {
  const scores = classScores(validation, cls);
  const counts = thresholdCounts(scores);
  if (counts.positives === 0) return null;
  let best: { worth: number; threshold: number } | null = null;
  counts.threshold.forEach((threshold, i) => {
    const worth = worthOf(goal, counts.truePositives[i]!, counts.falsePositives[i]!, counts);
    if (worth !== null && (best === null || worth > best.worth)) best = { worth, threshold };
  });
  return best && pointAt(scores, (best as { threshold: number }).threshold);
}

/** How good a threshold is for the goal, larger is better; null where it misses the goal's condition. */
function worthOf(
  goal: OperatingGoal,
  hits: number,
  falseAlarms: number,
  { positives, negatives }: Pick<ThresholdCounts, 'positives' | 'negatives'>,
): number | null {
  const precision = hits + falseAlarms > 0 ? hits / (hits + falseAlarms) : 0;
  const recall = hits / positives;
  switch (goal.kind) {
    case 'f1':
      return (2 * hits) / (hits + falseAlarms + positives);
    case 'youden':
      return recall - (negatives > 0 ? falseAlarms / negatives : 0);
    case 'cost':
      return -(goal.costs.falsePositive * falseAlarms + goal.costs.falseNegative * (positives - hits));
    case 'recall':
      return recall >= goal.atLeast ? precision : null;
    case 'precision':
      return hits > 0 && precision >= goal.atLeast ? recall : null;
  }
}

function pointAt({ positive, negative }: BinaryScores, threshold: number): OperatingPoint {
  const called = (scores: Float64Array) =>
    scores.reduce((count, score) => count + Number(score >= threshold), 0);
  const [truePositives, falsePositives] = [called(positive), called(negative)];
  const found = truePositives + falsePositives + positive.length;
  return {
    threshold,
    truePositives,
    falsePositives,
    trueNegatives: negative.length - falsePositives,
    falseNegatives: positive.length - truePositives,
    precision: proportion(truePositives, truePositives + falsePositives),
    recall: proportion(truePositives, positive.length),
    falsePositiveRate: proportion(falsePositives, negative.length),
    f1: found > 0 ? (2 * truePositives) / found : 0,
  };
}

/** Mean cost per item at an operating point; null without items. */
export function meanCost(point: OperatingPoint, costs: MistakeCosts): number | null {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = point;
  const total = truePositives + falsePositives + trueNegatives + falseNegatives;
  return total > 0
    ? (costs.falsePositive * falsePositives + costs.falseNegative * falseNegatives) / total
    : null;
}

/** Mean cost per item of a confusion matrix; `costs[true][predicted]`, the diagonal usually 0. Null without items. */
export function expectedCost(confusion: ConfusionMatrix, costs: number[][]): number | null {
  let [total, spent] = [0, 0];
  confusion.forEach((row, truth) =>
    row.forEach((count, cls) => {
      total += count;
      spent += count * costs[truth]![cls]!;
    }),
  );
  return total > 0 ? spent / total : null;
}

/**
 * The class of least expected cost for every labelled item (Bayes decision, Elkan 2001), in the order of
 * `labelledItems`: sum over true classes of p times cost. Right only as far as the probabilities are calibrated.
 */
export function cheapestClasses(predictions: Predictions, costs: number[][]): Int32Array {
  const width = predictions.classes.length;
  return labelledItems(predictions).map((item) => {
    const risk = (cls: number) =>
      costs.reduce((sum, row, truth) => sum + predictions.p[item * width + truth]! * row[cls]!, 0);
    const risks = predictions.classes.map((_, cls) => risk(cls));
    return risks.indexOf(Math.min(...risks));
  });
}
