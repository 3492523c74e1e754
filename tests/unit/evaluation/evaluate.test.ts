import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../electron/evaluation/evaluate.ts';
import type { Predictions } from '../../../electron/evaluation/predictions.ts';
import { arbitraryPredictions } from './arbitrary.ts';
import { expectAllClose, expectClose, predictionsOf, readReference, referencePresent } from './reference.ts';

describe.skipIf(!referencePresent)('evaluate against scikit-learn (needs ../shared/reference)', () => {
  const cases = referencePresent ? readReference().cases : [];

  it.each(cases.map((entry) => [entry.name, entry] as const))(
    '%s: every score agrees to 1e-9',
    (_, entry) => {
      const expected = entry.expect;
      const evaluation = evaluate(predictionsOf(entry));
      const { report } = evaluation;
      expect(evaluation.confusion).toEqual(expected.confusion);
      expectClose(evaluation.accuracy?.value, expected.accuracy, 'accuracy');
      expectClose(evaluation.balancedAccuracy, expected.balanced_accuracy, 'balanced accuracy');
      expectClose(evaluation.cohenKappa, expected.cohen_kappa, 'kappa');
      expectClose(evaluation.matthewsCorrelation, expected.mcc, 'mcc');
      expectClose(evaluation.logLoss, expected.log_loss, 'log loss');
      for (const field of ['precision', 'recall', 'f1', 'support'] as const) {
        expectAllClose(
          report.perClass.map((row) => row[field]),
          expected[field],
          field,
        );
      }
      expectClose(report.macro.f1, expected.macro_f1, 'macro f1');
      expectClose(report.weighted.f1, expected.weighted_f1, 'weighted f1');
      expectClose(report.micro.f1, expected.micro_f1, 'micro f1');
      expectClose(
        evaluation.topK.find(({ k }) => k === 2)?.accuracy.value ?? null,
        expected.top2_accuracy,
        'top 2',
      );
    },
  );

  it.each(cases.map((entry) => [entry.name, entry] as const))(
    '%s: every curve and area agrees to 1e-9',
    (_, entry) => {
      const evaluation = evaluate(predictionsOf(entry));
      expectClose(evaluation.macro.auc, entry.expect.macro_auc_ovr, 'macro auc');
      expectClose(evaluation.micro.auc, entry.expect.micro_auc_ovr, 'micro auc');
      expect(entry.expect.per_class.length).toBe(entry.classes);
      for (const expected of entry.expect.per_class) {
        const actual = evaluation.perClass[expected.cls]!;
        expectClose(actual.auc, expected.auc, `auc of class ${expected.cls}`);
        expectClose(
          actual.averagePrecision,
          expected.average_precision,
          `average precision of class ${expected.cls}`,
        );
        // The reference leaves every score of a one-sided class null; Brier's is defined there all the same.
        if (expected.brier !== null)
          expectClose(actual.brier, expected.brier, `brier of class ${expected.cls}`);
        if (expected.fpr && expected.tpr) {
          expectAllClose(actual.roc!.fpr, expected.fpr, 'fpr');
          expectAllClose(actual.roc!.tpr, expected.tpr, 'tpr');
        }
      }
    },
  );
});

/** Four items of two classes; one mistake (item 2), one item without a label. */
const small: Predictions = {
  classes: ['cat', 'dog'],
  y: Int32Array.from([0, 0, 1, 1, -1]),
  p: Float64Array.from([0.9, 0.1, 0.6, 0.4, 0.7, 0.3, 0.2, 0.8, 0.5, 0.5]),
};

describe('evaluate', () => {
  it('gives the values worked out by hand', () => {
    const evaluation = evaluate(small);
    expect(evaluation).toMatchObject({
      n: 4,
      unlabelled: 1,
      confusion: [
        [2, 0],
        [1, 1],
      ],
    });
    expect(evaluation.accuracy).toMatchObject({ value: 0.75, count: 3, total: 4 });
    expectClose(evaluation.balancedAccuracy, 0.75, 'balanced accuracy');
    expectClose(evaluation.report.macro.f1, (4 / 5 + 2 / 3) / 2, 'macro f1');
    expectClose(evaluation.cohenKappa, 0.5, 'kappa');
    expectClose(evaluation.matthewsCorrelation, 1 / Math.sqrt(3), 'mcc');
    expectClose(evaluation.logLoss, -Math.log(0.9 * 0.6 * 0.3 * 0.8) / 4, 'log loss');
    expectClose(evaluation.perClass[1]!.brier, (0.01 + 0.16 + 0.49 + 0.04) / 4, 'brier of dog');
    expectClose(evaluation.brier, (0.01 + 0.16 + 0.49 + 0.04) / 2, 'brier');
    expectClose(evaluation.perClass[1]!.auc, 3 / 4, 'auc of dog');
    expectClose(
      evaluation.perClass[1]!.averagePrecision,
      0.5 * 1 + 0.5 * (2 / 3),
      'average precision of dog',
    );
  });

  it('answers null, not NaN, without labelled items', () => {
    const evaluation = evaluate({ classes: ['cat', 'dog'], y: [-1], p: [0.5, 0.5] });
    expect(evaluation).toMatchObject({
      n: 0,
      unlabelled: 1,
      accuracy: null,
      logLoss: null,
      brier: null,
      cohenKappa: null,
      topK: [],
    });
    expect(evaluation.macro).toMatchObject({ auc: null, roc: null, classes: 0 });
  });

  it('leaves a class that never occurs out of the macro area and says so', () => {
    const evaluation = evaluate({ classes: ['a', 'b', 'c'], y: [0, 1], p: [0.8, 0.1, 0.1, 0.2, 0.7, 0.1] });
    expect(evaluation.perClass[2]).toMatchObject({ auc: null, averagePrecision: null, roc: null });
    expect(evaluation.macro).toMatchObject({ auc: 1, classes: 2 });
  });

  it('names the item whose probability is not a number', () => {
    expect(() => evaluate({ classes: ['a', 'b'], y: [0, 1], p: [0.5, 0.5, NaN, 0.5] })).toThrow(
      /item 1 .*NaN/,
    );
    expect(() => evaluate({ classes: ['a', 'b'], y: [0, 2], p: [0.5, 0.5, 0.5, 0.5] })).toThrow(
      /item 1 .*label 2/,
    );
    expect(() => evaluate({ classes: ['a', 'b'], y: [0], p: [0.5] })).toThrow(
      /need 2 probabilities, received 1/,
    );
  });

  it('survives JSON unchanged, and keeps confusion, support and total in step', () => {
    fc.assert(
      fc.property(arbitraryPredictions, (predictions) => {
        const evaluation = evaluate(predictions);
        expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
        const labelled = Array.from(predictions.y).filter((label) => label >= 0).length;
        expect(evaluation.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(labelled);
        expect(evaluation.n + evaluation.unlabelled).toBe(predictions.y.length);
        const top1 = evaluation.topK.find(({ k }) => k === 1)?.accuracy ?? null;
        expect(top1).toEqual(evaluation.accuracy);
      }),
    );
  });

  it('keeps 200 classes of 2000 items light and quick', () => {
    const classes = Array.from({ length: 200 }, (_, i) => `class ${i}`);
    const y = Int32Array.from({ length: 2000 }, (_, i) => i % 200);
    const p = Float32Array.from({ length: 2000 * 200 }, (_, i) => ((i * 7919) % 1009) / 1009);
    const evaluation = evaluate({ classes, y, p });
    expect(Math.max(...evaluation.perClass.map(({ roc }) => roc!.fpr.length))).toBeLessThanOrEqual(100);
    expect(evaluation.micro.roc!.fpr.length).toBeLessThanOrEqual(100);
  });
});
