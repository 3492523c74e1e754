import type { ConfusionMatrix } from './confusion.ts';
import { labelledItems, predictedClasses, type Predictions } from './predictions.ts';
import { itemLogLosses } from './probability-scores.ts';
import { pooledRanks, rankedScores, weightedAreas, type RankedScores } from './ranked-scores.ts';
import { balancedAccuracy, classificationReport, cohenKappa, matthewsCorrelation } from './report.ts';
import {
  bootstrapSteps,
  finished,
  RESAMPLES,
  type BootstrapOptions,
  type ResampleWeights,
  type Steps,
} from './significance/bootstrap.ts';
import type { Interval } from './significance/wilson.ts';

/** Intervals of an average over the classes. */
export interface AveragedIntervals {
  precision: Interval | null;
  recall: Interval | null;
  f1: Interval | null;
}

/** Bootstrap intervals of the scores that have no formula for theirs; null where the score is undefined. */
export interface EvaluationIntervals {
  /** How many resamples they rest on. */
  resamples: number;
  balancedAccuracy: Interval | null;
  cohenKappa: Interval | null;
  matthewsCorrelation: Interval | null;
  logLoss: Interval | null;
  brier: Interval | null;
  macro: AveragedIntervals;
  weighted: AveragedIntervals;
  macroAuc: Interval | null;
  macroAveragePrecision: Interval | null;
  /** Null, too, where the pooled scores are more than a resample can count through in good time. */
  microAuc: Interval | null;
  microAveragePrecision: Interval | null;
  /** Per class. */
  f1: (Interval | null)[];
  /** One-against-the-rest, per class. */
  averagePrecision: (Interval | null)[];
}

/** Steps (items x classes) one evaluation may spend on resampling, about three seconds' worth. */
const STEPS = 3e8;
const FEWEST_RESAMPLES = 200;
/** Most pooled scores (items x classes) that the micro averages' intervals are made for. */
const MOST_POOLED = 2e6;

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
  return finished(evaluationIntervalSteps(predictions, options));
}

/** `evaluationIntervals`, one resample a step. */
export function* evaluationIntervalSteps(
  predictions: Predictions,
  options: BootstrapOptions = {},
): Steps<EvaluationIntervals> {
  const { classes } = predictions;
  const items = labelledItems(predictions);
  const truth = Int32Array.from(items, (item) => predictions.y[item]!);
  const fromCounts = confusionScores(truth, predictions, items);
  const fromItems = itemScores(predictions, items);
  const fromRanks = yield* rankScores(predictions, items.length);
  const statistics = (weights: ResampleWeights): Record<string, number | null> => ({
    ...fromCounts(weights),
    ...fromItems(weights),
    ...fromRanks(weights),
  });
  const resamples = options.resamples ?? affordableResamples(items.length, classes.length);
  const intervals = yield* bootstrapSteps(truth, statistics, { ...options, resamples });
  const of = (name: string) => intervals[name] ?? null;
  const average = (name: string): AveragedIntervals => ({
    precision: of(`${name} precision`),
    recall: of(`${name} recall`),
    f1: of(`${name} f1`),
  });
  return {
    resamples,
    balancedAccuracy: of('balancedAccuracy'),
    cohenKappa: of('cohenKappa'),
    matthewsCorrelation: of('matthewsCorrelation'),
    logLoss: of('logLoss'),
    brier: of('brier'),
    macro: average('macro'),
    weighted: average('weighted'),
    macroAuc: of('macroAuc'),
    macroAveragePrecision: of('macroAveragePrecision'),
    microAuc: of('microAuc'),
    microAveragePrecision: of('microAveragePrecision'),
    f1: classes.map((_, cls) => of(`f1 ${cls}`)),
    averagePrecision: classes.map((_, cls) => of(`average precision ${cls}`)),
  };
}

/** Scores that follow from the confusion matrix of a resample. */
function confusionScores(truth: Int32Array, predictions: Predictions, items: Int32Array) {
  const predicted = predictedClasses(predictions);
  const size = predictions.classes.length;
  return (weights: ResampleWeights): Record<string, number | null> => {
    if (items.length === 0) return {};
    const confusion: ConfusionMatrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    items.forEach((item, i) => (confusion[truth[i]!]![predicted[item]!]! += weights[i]!));
    const { macro, weighted, perClass } = classificationReport(confusion);
    return {
      balancedAccuracy: balancedAccuracy(confusion),
      cohenKappa: cohenKappa(confusion),
      matthewsCorrelation: matthewsCorrelation(confusion),
      ...named('macro', macro),
      ...named('weighted', weighted),
      ...Object.fromEntries(
        perClass.map(({ f1, support, predicted: called }, cls) => [
          `f1 ${cls}`,
          support + called > 0 ? f1 : null,
        ]),
      ),
    };
  };
}

const named = (
  name: string,
  { precision, recall, f1 }: { precision: number; recall: number; f1: number },
) => ({
  [`${name} precision`]: precision,
  [`${name} recall`]: recall,
  [`${name} f1`]: f1,
});

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

/** Areas, of the classes and their averages. Sorting the scores of a class is a step of its own. */
function* rankScores(
  predictions: Predictions,
  items: number,
): Steps<(weights: ResampleWeights) => Record<string, number | null>> {
  const { classes } = predictions;
  const perClass: RankedScores[] = [];
  for (const cls of classes.keys()) {
    perClass.push(rankedScores(predictions, cls));
    yield 0;
  }
  const pooled = items * classes.length <= MOST_POOLED ? pooledRanks(predictions) : null;
  return (weights) => {
    const areas = perClass.map((ranks) => weightedAreas(ranks, weights));
    const micro = pooled && weightedAreas(pooled, weights);
    return {
      macroAuc: meanOfDefined(areas.map(({ auc }) => auc)),
      macroAveragePrecision: meanOfDefined(areas.map(({ averagePrecision }) => averagePrecision)),
      microAuc: micro && micro.auc,
      microAveragePrecision: micro && micro.averagePrecision,
      ...Object.fromEntries(
        areas.map(({ averagePrecision }, cls) => [`average precision ${cls}`, averagePrecision]),
      ),
    };
  };
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
