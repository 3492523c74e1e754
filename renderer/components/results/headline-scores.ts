import type { ChartTable } from '../../../shared/table.ts';
import type { EvaluationResult } from '../../../shared/contract/index.ts';

export interface HeadlineScore {
  /** Locale key under `results`, with its values. */
  key: string;
  params: Record<string, number>;
  value: number | null;
  /** Its 95 % interval. */
  interval: [number, number] | null;
  /** A share is read in percent, other scores with three digits. */
  share: boolean;
}

/** The scores beside the accuracy, each with its interval. */
export function headlineScores(evaluation: EvaluationResult): HeadlineScore[] {
  const { summary, intervals, topK, averages } = evaluation;
  const weighted = averages.find(({ name }) => name === 'weighted');
  const one = (
    key: string,
    value: number | null,
    interval: [number, number] | null,
    share = false,
  ): HeadlineScore => ({ key, params: {}, value, interval, share });
  return [
    one('macroF1', summary.macroF1, intervals.macroF1),
    one('weightedF1', weighted?.f1 ?? null, weighted?.f1Interval ?? null),
    one('rocAuc', summary.rocAuc, intervals.rocAuc),
    one('balancedAccuracy', evaluation.balancedAccuracy, intervals.balancedAccuracy, true),
    one('mcc', evaluation.mcc, intervals.mcc),
    one('kappa', evaluation.kappa, intervals.kappa),
    one('logLoss', summary.logLoss, intervals.logLoss),
    one('brier', evaluation.brier, intervals.brier),
    ...topK
      .filter(({ k }) => k > 1)
      .map(({ k, value, interval }) => ({ ...one('topK', value, interval, true), params: { k } })),
  ];
}

/** All of them, the accuracy first, as a table. */
export function scoreTable(
  evaluation: EvaluationResult,
  t: (key: string, params: Record<string, number>) => string,
): ChartTable {
  const { summary, accuracyInterval } = evaluation;
  const accuracy = { key: 'accuracy', params: {}, value: summary.accuracy, interval: accuracyInterval };
  return {
    columns: [t('results.score', {}), t('results.value', {}), t('results.from', {}), t('results.to', {})],
    rows: [accuracy, ...headlineScores(evaluation)].map(({ key, params, value, interval }) => [
      t(`results.${key}`, params),
      value,
      ...(interval ?? [null, null]),
    ]),
  };
}
