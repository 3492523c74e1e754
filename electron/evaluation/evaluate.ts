import { confusionMatrix, confusionTotals, type ConfusionMatrix } from './confusion.ts';
import {
  averagePrecision,
  precisionRecallCurve,
  thinPrecisionRecall,
  type PrecisionRecallCurve,
} from './precision-recall.ts';
import {
  checkPredictions,
  classScores,
  pooledScores,
  type BinaryScores,
  type Predictions,
} from './predictions.ts';
import { brierScore, logLoss, multiclassBrierScore, topKCorrect } from './probability-scores.ts';
import {
  balancedAccuracy,
  classificationReport,
  cohenKappa,
  matthewsCorrelation,
  type ClassificationReport,
} from './report.ts';
import { meanRoc, rocArea, rocCurve, thinRoc, type RocCurve } from './roc.ts';
import { delongArea } from './significance/delong.ts';
import { proportion, type Interval, type Proportion } from './significance/wilson.ts';
import { thresholdCounts } from './thresholds.ts';

/** The ranking quality of one two-sided question; null where a side is empty and nothing can be ranked. */
export interface RankingQuality {
  auc: number | null;
  /** DeLong's 95 % interval; null for the micro average, whose pooled scores are not independent. */
  aucInterval: Interval | null;
  averagePrecision: number | null;
  /** At most `curvePoints` points each; the areas come from all points. */
  roc: RocCurve | null;
  precisionRecall: PrecisionRecallCurve | null;
}

export interface ClassRanking extends RankingQuality {
  brier: number | null;
}

export interface MacroRanking {
  /** Plain means over the classes where they are defined; null where they are for none. */
  auc: number | null;
  averagePrecision: number | null;
  /** Vertical average of the class curves; no thresholds. */
  roc: { fpr: number[]; tpr: number[] } | null;
  /** How many classes entered the mean of `auc`. */
  classes: number;
}

/** Everything a results page shows about one set of predictions. JSON-safe: no NaN, no Infinity. */
export interface Evaluation {
  classes: string[];
  /** Labelled items; `unlabelled` ones were left out. */
  n: number;
  unlabelled: number;
  /** Null, like every score below, when no item has a label. */
  accuracy: Proportion | null;
  balancedAccuracy: number | null;
  cohenKappa: number | null;
  matthewsCorrelation: number | null;
  logLoss: number | null;
  /** Sum over classes, in [0, 2]; the one-against-the-rest scores are in `perClass`. */
  brier: number | null;
  /** Rows are the true class. */
  confusion: ConfusionMatrix;
  report: ClassificationReport;
  /** Top-k accuracy for the k below the number of classes, of 1, 2, 3, 5 and 10. */
  topK: { k: number; accuracy: Proportion }[];
  perClass: ClassRanking[];
  micro: RankingQuality;
  macro: MacroRanking;
}

export interface EvaluateOptions {
  /** Most points of one stored curve; by default 500, fewer with many classes so that a page stays light. */
  curvePoints?: number;
}

const TOP_K = [1, 2, 3, 5, 10];
const MOST_CURVE_POINTS = 500;
const FEWEST_CURVE_POINTS = 100;
const POINTS_OF_ALL_CURVES = 20_000;

/** Evaluates stored predictions in one call. Throws what `checkPredictions` throws. */
export function evaluate(predictions: Predictions, options: EvaluateOptions = {}): Evaluation {
  const items = checkPredictions(predictions);
  const { classes } = predictions;
  const curvePoints = options.curvePoints ?? defaultCurvePoints(classes.length);
  const confusion = confusionMatrix(predictions);
  const { correct, total } = confusionTotals(confusion);
  const full = classes.map((_, cls) => classRanking(classScores(predictions, cls)));
  return {
    classes,
    n: total,
    unlabelled: items - total,
    accuracy: proportion(
      correct.reduce((sum, count) => sum + count, 0),
      total,
    ),
    balancedAccuracy: balancedAccuracy(confusion),
    cohenKappa: cohenKappa(confusion),
    matthewsCorrelation: matthewsCorrelation(confusion),
    logLoss: logLoss(predictions),
    brier: multiclassBrierScore(predictions),
    confusion,
    report: classificationReport(confusion),
    topK: topKAccuracies(predictions, total),
    perClass: full.map((quality, cls) => ({
      ...thinned(quality, curvePoints),
      brier: brierScore(predictions, cls),
    })),
    micro: thinned(ranking(pooledScores(predictions)), curvePoints),
    macro: macroRanking(full, curvePoints),
  };
}

function defaultCurvePoints(classes: number): number {
  return Math.max(
    FEWEST_CURVE_POINTS,
    Math.min(MOST_CURVE_POINTS, Math.floor(POINTS_OF_ALL_CURVES / classes)),
  );
}

function ranking(scores: BinaryScores): RankingQuality {
  const counts = thresholdCounts(scores);
  return {
    auc: rocArea(counts),
    aucInterval: null,
    averagePrecision: averagePrecision(counts),
    roc: rocCurve(counts),
    precisionRecall: precisionRecallCurve(counts),
  };
}

function classRanking(scores: BinaryScores): RankingQuality {
  return { ...ranking(scores), aucInterval: delongArea(scores)?.interval ?? null };
}

function thinned(quality: RankingQuality, points: number): RankingQuality {
  return {
    ...quality,
    roc: quality.roc && thinRoc(quality.roc, points),
    precisionRecall: quality.precisionRecall && thinPrecisionRecall(quality.precisionRecall, points),
  };
}

function macroRanking(perClass: RankingQuality[], points: number): MacroRanking {
  const areas = perClass.flatMap(({ auc }) => auc ?? []);
  return {
    auc: meanOrNull(areas),
    averagePrecision: meanOrNull(perClass.flatMap((quality) => quality.averagePrecision ?? [])),
    roc: meanRoc(
      perClass.flatMap(({ roc }) => roc ?? []),
      points,
    ),
    classes: areas.length,
  };
}

function topKAccuracies(predictions: Predictions, total: number): Evaluation['topK'] {
  return TOP_K.filter((k) => k < predictions.classes.length).flatMap((k) => {
    const accuracy = proportion(topKCorrect(predictions, k), total);
    return accuracy ? [{ k, accuracy }] : [];
  });
}

function meanOrNull(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
