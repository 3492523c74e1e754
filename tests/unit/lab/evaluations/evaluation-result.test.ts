import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../electron/evaluation/evaluate.ts';
import { evaluationIntervals } from '../../../../electron/evaluation/intervals.ts';
import { similarityOrder } from '../../../../electron/evaluation/mistakes.ts';
import { evaluationResult } from '../../../../electron/lab/evaluations/evaluation-result.ts';
import { evaluationSchema } from '../../../../shared/contract/results/evaluations.ts';
import {
  expectAllClose,
  expectClose,
  predictionsOf,
  readReference,
  referencePresent,
  type ReferenceCase,
} from '../../evaluation/reference.ts';

const judged = { collection: null, split: 'test' } as const;

/** As the page gets it, after the way over JSON. */
function shownOf(entry: ReferenceCase) {
  const predictions = predictionsOf(entry);
  const evaluation = evaluate(predictions);
  const intervals = evaluationIntervals(predictions, { resamples: 100 });
  const order = similarityOrder(evaluation.confusion);
  const result = evaluationResult('run', judged, { evaluation, intervals, order });
  return evaluationSchema.parse(JSON.parse(JSON.stringify(result)));
}

describe.skipIf(!referencePresent)('what a results page shows (needs ../shared/reference)', () => {
  const cases = referencePresent ? readReference().cases : [];

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s: agrees to 1e-9', (_, entry) => {
    const expected = entry.expect;
    const shown = shownOf(entry);
    expectClose(shown.summary.accuracy, expected.accuracy, 'accuracy');
    expectClose(shown.balancedAccuracy, expected.balanced_accuracy, 'balanced accuracy');
    expectClose(shown.kappa, expected.cohen_kappa, 'kappa');
    expectClose(shown.mcc, expected.mcc, 'mcc');
    expectClose(shown.summary.logLoss, expected.log_loss, 'log loss');
    expectClose(shown.summary.macroF1, expected.macro_f1, 'macro F1');
    const average = (name: string) => shown.averages.find((row) => row.name === name)!.f1;
    expectClose(average('weighted'), expected.weighted_f1, 'weighted F1');
    expectClose(average('micro'), expected.micro_f1, 'micro F1');
    expectClose(shown.topK.find(({ k }) => k === 2)?.value ?? null, expected.top2_accuracy, 'top 2');
    expect(shown.confusion).toEqual(expected.confusion);
    for (const field of ['precision', 'recall', 'f1', 'support'] as const)
      expectAllClose(
        shown.report.map((row) => row[field]),
        expected[field],
        field,
      );
    const area = (curves: typeof shown.roc, kind: string) => curves.find((curve) => curve.kind === kind)!;
    expectClose(area(shown.roc, 'macro').area, expected.macro_auc_ovr, 'macro area');
    expectClose(area(shown.roc, 'micro').area, expected.micro_auc_ovr, 'micro area');
    for (const { cls, auc, average_precision } of expected.per_class) {
      expectClose(shown.roc[cls]!.area, auc, `area of class ${cls}`);
      expectClose(shown.precisionRecall[cls]!.area, average_precision, `average precision of class ${cls}`);
    }
    expect([...shown.order].sort((a, b) => a - b)).toEqual(shown.classes.map((_, cls) => cls));
  });

  it('puts every number into an interval', () => {
    const shown = shownOf(cases.find(({ name }) => name === 'five-classes')!);
    const holds = (interval: [number, number] | null, value: number | null) =>
      interval !== null && value !== null && interval[0] <= value && value <= interval[1];
    for (const row of [...shown.report, ...shown.averages]) {
      expect(holds(row.precisionInterval, row.precision), `precision of ${row.name}`).toBe(true);
      expect(holds(row.recallInterval, row.recall), `recall of ${row.name}`).toBe(true);
      expect(holds(row.f1Interval, row.f1), `F1 of ${row.name}`).toBe(true);
    }
    for (const curve of [...shown.roc, ...shown.precisionRecall])
      expect(holds(curve.interval, curve.area), `area of ${curve.name}`).toBe(true);
    for (const { interval, value } of shown.topK) expect(holds(interval, value)).toBe(true);
    expect(holds(shown.intervals.brier, shown.brier)).toBe(true);
  });
});
