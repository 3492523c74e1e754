import type { Curve, EvaluationResult } from '../../../shared/contract/index.ts';
import type { Evaluation, RankingQuality } from '../../evaluation/evaluate.ts';
import { mostConfused } from '../../evaluation/mistakes.ts';
import { summaryOf, type Judged } from './scores.ts';

const MOST_CONFUSED = 10;

/** An evaluation as a results page takes it. */
export function evaluationResult(run: string, judged: Judged, evaluation: Evaluation): EvaluationResult {
  const { classes, report } = evaluation;
  return {
    run,
    ...judged,
    classes,
    n: evaluation.n,
    summary: summaryOf(evaluation, judged),
    accuracyInterval: evaluation.accuracy?.interval ?? [0, 1],
    balancedAccuracy: evaluation.balancedAccuracy ?? 0,
    kappa: evaluation.cohenKappa,
    mcc: evaluation.matthewsCorrelation,
    confusion: evaluation.confusion,
    report: report.perClass.map(({ precision, recall, f1, support }, index) => ({
      name: classes[index]!,
      precision,
      recall,
      f1,
      support,
    })),
    averages: (['macro', 'micro', 'weighted'] as const).map((name) => ({
      name,
      ...report[name],
      support: evaluation.n,
    })),
    roc: rocCurves(evaluation),
    precisionRecall: precisionRecallCurves(evaluation),
    mostConfused: mostConfused(evaluation.confusion, MOST_CONFUSED).map(
      ({ trueClass, predictedClass, count }) => ({ truth: trueClass, predicted: predictedClass, count }),
    ),
  };
}

function rocCurves({ classes, perClass, micro, macro }: Evaluation): Curve[] {
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
    { name: 'micro', kind: 'micro', ...curve(micro), interval: null },
    {
      name: 'macro',
      kind: 'macro',
      area: macro.auc,
      interval: null,
      points: pairs(macro.roc?.fpr, macro.roc?.tpr),
    },
  ];
}

/** A mean precision-recall curve is not defined; the macro average has an area alone. */
function precisionRecallCurves({ classes, perClass, micro, macro }: Evaluation): Curve[] {
  const curve = (quality: RankingQuality): Pick<Curve, 'area' | 'points'> => ({
    area: quality.averagePrecision,
    points: pairs(quality.precisionRecall?.recall, quality.precisionRecall?.precision),
  });
  return [
    ...perClass.map((quality, index) => ({
      name: classes[index]!,
      kind: 'class' as const,
      ...curve(quality),
      interval: null,
    })),
    { name: 'micro', kind: 'micro', ...curve(micro), interval: null },
    { name: 'macro', kind: 'macro', area: macro.averagePrecision, interval: null, points: [] },
  ];
}

function pairs(x: number[] = [], y: number[] = []): [number, number][] {
  return x.map((value, index) => [value, y[index]!]);
}
