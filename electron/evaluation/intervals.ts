import type { ConfusionMatrix } from './confusion.ts';
import { labelledItems, predictedClasses, type Predictions } from './predictions.ts';
import { itemLogLosses } from './probability-scores.ts';
import { rankedScores, weightedAreas } from './ranked-scores.ts';
import { balancedAccuracy, classificationReport, cohenKappa, matthewsCorrelation } from './report.ts';
import {
  bootstrapIntervals,
  RESAMPLES,
  type BootstrapOptions,
  type ResampleWeights,
} from './significance/bootstrap.ts';
import type { Interval } from './significance/wilson.ts';

/** Bootstrap intervals of the scores that have no formula for theirs; null where the score is undefined. */
export interface EvaluationIntervals {
  balancedAccuracy: Interval | null;
  macroF1: Interval | null;
  weightedF1: Interval | null;
  cohenKappa: Interval | null;
  matthewsCorrelation: Interval | null;
  logLoss: Interval | null;
  brier: Interval | null;
  macroAuc: Interval | null;
  macroAveragePrecision: Interval | null;
  /** One-against-the-rest, per class. */
  averagePrecision: (Interval | null)[];
}

/** Steps (items x classes) one evaluation may spend on resampling, about three seconds' worth. */
const STEPS = 3e8;
const FEWEST_RESAMPLES = 200;

/** How many resamples a set of this size gets when nobody says: fewer of large ones, never fewer than 200. */
export function affordableResamples(items: number, classes: number): number {
  const affordable = Math.floor(STEPS / Math.max(1, items * classes));
  return Math.max(FEWEST_RESAMPLES, Math.min(RESAMPLES, affordable));
}

/** Stratified bootstrap (within each true class) over the labelled items. */
export function evaluationIntervals(
  predictions: Predictions,
  options: BootstrapOptions = {},
): EvaluationIntervals {
  const { classes } = predictions;
  const items = labelledItems(predictions);
  const truth = Int32Array.from(items, (item) => predictions.y[item]!);
  const fromCounts = confusionScores(truth, predictions, items);
  const fromItems = itemScores(predictions, items);
  const ranked = classes.map((_, cls) => rankedScores(predictions, cls));
  const statistics = (weights: ResampleWeights): Record<string, number | null> => {
    const areas = ranked.map((ranks) => weightedAreas(ranks, weights));
    return {
      ...fromCounts(weights),
      ...fromItems(weights),
      macroAuc: meanOfDefined(areas.map(({ auc }) => auc)),
      macroAveragePrecision: meanOfDefined(areas.map(({ averagePrecision }) => averagePrecision)),
      ...Object.fromEntries(areas.map(({ averagePrecision }, cls) => [`class ${cls}`, averagePrecision])),
    };
  };
  const resamples = affordableResamples(items.length, classes.length);
  const intervals = bootstrapIntervals(truth, statistics, { resamples, ...options });
  const of = (name: string) => intervals[name] ?? null;
  return {
    balancedAccuracy: of('balancedAccuracy'),
    macroF1: of('macroF1'),
    weightedF1: of('weightedF1'),
    cohenKappa: of('cohenKappa'),
    matthewsCorrelation: of('matthewsCorrelation'),
    logLoss: of('logLoss'),
    brier: of('brier'),
    macroAuc: of('macroAuc'),
    macroAveragePrecision: of('macroAveragePrecision'),
    averagePrecision: classes.map((_, cls) => of(`class ${cls}`)),
  };
}

/** Scores that follow from the confusion matrix of a resample. */
function confusionScores(truth: Int32Array, predictions: Predictions, items: Int32Array) {
  const predicted = predictedClasses(predictions);
  const size = predictions.classes.length;
  return (weights: ResampleWeights) => {
    const confusion: ConfusionMatrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    items.forEach((item, i) => (confusion[truth[i]!]![predicted[item]!]! += weights[i]!));
    const report = items.length > 0 ? classificationReport(confusion) : null;
    return {
      balancedAccuracy: balancedAccuracy(confusion),
      macroF1: report && report.macro.f1,
      weightedF1: report && report.weighted.f1,
      cohenKappa: cohenKappa(confusion),
      matthewsCorrelation: matthewsCorrelation(confusion),
    };
  };
}

/** Scores that are means of a value per item. */
function itemScores(predictions: Predictions, items: Int32Array) {
  const allLosses = itemLogLosses(predictions);
  const losses = Float64Array.from(items, (item) => allLosses[item]!);
  const briers = Float64Array.from(items, (item) => itemBrier(predictions, item));
  const mean = (values: Float64Array, weights: ResampleWeights) =>
    values.length === 0
      ? null
      : values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / values.length;
  return (weights: ResampleWeights) => ({ logLoss: mean(losses, weights), brier: mean(briers, weights) });
}

function itemBrier({ classes, y, p }: Predictions, item: number): number {
  return classes.reduce(
    (sum, _, cls) => sum + (p[item * classes.length + cls]! - (y[item] === cls ? 1 : 0)) ** 2,
    0,
  );
}

function meanOfDefined(values: (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
