import type { ClassReport, Curve, EvaluationResult } from '../../../shared/contract/index.ts';
import type { Evaluation, RankingQuality } from '../../evaluation/evaluate.ts';
import type { EvaluationIntervals } from '../../evaluation/intervals.ts';
import { mostConfused } from '../../evaluation/mistakes.ts';
import type { Interval } from '../../evaluation/significance/wilson.ts';
import type { Statistics } from '../../evaluation/statistics.ts';
import { summaryOf, type Judged } from './scores.ts';

const MOST_CONFUSED = 10;

type Parts = Pick<Statistics, 'evaluation' | 'intervals' | 'order'>;

/** An evaluation as a results page takes it. */
export function evaluationResult(run: string, judged: Judged, parts: Parts): EvaluationResult {
  const { evaluation, intervals, order } = parts;
  return {
    run,
    ...judged,
    classes: evaluation.classes,
    n: evaluation.n,
    summary: summaryOf(evaluation, judged),
    accuracyInterval: evaluation.accuracy?.interval ?? [0, 1],
    balancedAccuracy: evaluation.balancedAccuracy ?? 0,
    kappa: evaluation.cohenKappa,
    mcc: evaluation.matthewsCorrelation,
    brier: evaluation.brier,
    topK: evaluation.topK.map(({ k, accuracy: { value, count, interval } }) => ({
      k,
      value,
      count,
      interval,
    })),
    intervals: intervalsOf(intervals),
    confusion: evaluation.confusion,
    order,
    report: classReports(evaluation, intervals),
    averages: averageReports(evaluation, intervals),
    roc: rocCurves(evaluation, intervals),
    precisionRecall: precisionRecallCurves(evaluation, intervals),
    mostConfused: mostConfused(evaluation.confusion, MOST_CONFUSED).map(
      ({ trueClass, predictedClass, count }) => ({ truth: trueClass, predicted: predictedClass, count }),
    ),
  };
}

function intervalsOf(intervals: EvaluationIntervals): EvaluationResult['intervals'] {
  const { balancedAccuracy, logLoss, brier, resamples } = intervals;
  return {
    balancedAccuracy,
    kappa: intervals.cohenKappa,
    mcc: intervals.matthewsCorrelation,
    logLoss,
    brier,
    macroF1: intervals.macro.f1,
    rocAuc: intervals.macroAuc,
    resamples,
  };
}

function classReports(
  { classes, report }: Evaluation,
  { f1: f1Intervals }: EvaluationIntervals,
): ClassReport[] {
  return report.perClass.map((row, cls) => ({
    name: classes[cls]!,
    precision: row.precision,
    recall: row.recall,
    f1: row.f1,
    support: row.support,
    precisionInterval: row.precisionInterval,
    recallInterval: row.recallInterval,
    f1Interval: f1Intervals[cls] ?? null,
  }));
}

/** The micro average is the accuracy three times, a share; the others are means of shares. */
function averageReports({ n, accuracy, report }: Evaluation, intervals: EvaluationIntervals): ClassReport[] {
  const share = accuracy?.interval ?? null;
  const of = {
    macro: intervals.macro,
    micro: { precision: share, recall: share, f1: share },
    weighted: intervals.weighted,
  };
  return (['macro', 'micro', 'weighted'] as const).map((name) => ({
    name,
    ...report[name],
    support: n,
    precisionInterval: of[name].precision,
    recallInterval: of[name].recall,
    f1Interval: of[name].f1,
  }));
}

function rocCurves({ classes, perClass, micro, macro }: Evaluation, intervals: EvaluationIntervals): Curve[] {
  const curve = (quality: RankingQuality): Pick<Curve, 'area' | 'points'> => ({
    area: quality.auc,
    points: pairs(quality.roc?.fpr, quality.roc?.tpr),
  });
  return [
    ...perClass.map((quality, index) => ({
      name: classes[index]!,
      kind: 'class' as const,
      ...curve(quality),
      interval: quality.aucInterval,
    })),
    { name: 'micro', kind: 'micro', ...curve(micro), interval: intervals.microAuc },
    {
      name: 'macro',
      kind: 'macro',
      area: macro.auc,
      interval: intervals.macroAuc,
      points: pairs(macro.roc?.fpr, macro.roc?.tpr),
    },
  ];
}

/** A mean precision-recall curve is not defined; the macro average has an area alone. */
function precisionRecallCurves(
  { classes, perClass, micro, macro }: Evaluation,
  intervals: EvaluationIntervals,
): Curve[] {
  const curve = (quality: RankingQuality, interval: Interval | null): Omit<Curve, 'name' | 'kind'> => ({
    area: quality.averagePrecision,
    interval,
    points: pairs(quality.precisionRecall?.recall, quality.precisionRecall?.precision),
  });
  return [
    ...perClass.map((quality, index) => ({
      name: classes[index]!,
      kind: 'class' as const,
      ...curve(quality, intervals.averagePrecision[index] ?? null),
    })),
    { name: 'micro', kind: 'micro', ...curve(micro, intervals.microAveragePrecision) },
    {
      name: 'macro',
      kind: 'macro',
      area: macro.averagePrecision,
      interval: intervals.macroAveragePrecision,
      points: [],
    },
  ];
}

function pairs(x: number[] = [], y: number[] = []): [number, number][] {
  return x.map((value, index) => [value, y[index]!]);
}
