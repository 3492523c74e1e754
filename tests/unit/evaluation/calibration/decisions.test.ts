import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conformalReport,
  fitConformal,
  predictionSet,
} from '../../../../electron/evaluation/calibration/conformal.ts';
import {
  atThreshold,
  cheapestClasses,
  chooseOperatingPoint,
  expectedCost,
  meanCost,
  type OperatingGoal,
} from '../../../../electron/evaluation/calibration/operating-point.ts';
import { confusionMatrix } from '../../../../electron/evaluation/confusion.ts';
import {
  labelledItems,
  predictedClasses,
  type Predictions,
} from '../../../../electron/evaluation/predictions.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { arbitraryPredictions } from '../arbitrary.ts';
import { expectClose, predictionsOf, readReference, referencePresent } from '../reference.ts';

/** Items whose label is drawn from their own probabilities, of four classes: perfectly calibrated, often ambiguous. */
function drawnPredictions(n: number, seed: number): Predictions {
  const random = seededRandom(seed);
  const y = new Int32Array(n);
  const p = new Float64Array(n * 4);
  for (let item = 0; item < n; item++) {
    const weights = Array.from({ length: 4 }, () => (-Math.log(random())) ** 3);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, cls) => (p[item * 4 + cls] = weight / total));
    let left = random();
    while ((left -= p[item * 4 + y[item]!]!) > 0 && y[item]! < 3) y[item]! += 1;
  }
  return { classes: ['a', 'b', 'c', 'd'], y, p };
}

describe('conformal prediction', () => {
  it.each(['lac', 'aps'] as const)('%s keeps its promise on other items', (method) => {
    const rule = fitConformal(drawnPredictions(2000, 1), 0.9, method);
    const report = conformalReport(drawnPredictions(5000, 2), rule);
    expect(report.coverage!.value).toBeGreaterThan(0.885);
    expect(report.meanSize!).toBeLessThan(3.5);
    expect(report.sizes.reduce((sum, count) => sum + count, 0)).toBe(5000);
    expect(report.sizes[0]).toBe(0);
  });

  it('lac sets are smaller on average than aps sets', () => {
    const [validation, test] = [drawnPredictions(2000, 3), drawnPredictions(2000, 4)];
    const sizes = (['lac', 'aps'] as const).map(
      (method) => conformalReport(test, fitConformal(validation, 0.9, method)).meanSize!,
    );
    expect(sizes[0]).toBeLessThan(sizes[1]!);
  });

  it('covers the promised share of the items it was fitted on, and always holds the top answer', () => {
    fc.assert(
      fc.property(
        arbitraryPredictions,
        fc.constantFrom('lac' as const, 'aps' as const),
        (predictions, method) => {
          const rule = fitConformal(predictions, 0.8, method);
          const report = conformalReport(predictions, rule);
          if (report.coverage) expect(report.coverage.value).toBeGreaterThanOrEqual(0.8);
          const best = predictedClasses(predictions);
          best.forEach((cls, item) => {
            const width = predictions.classes.length;
            const set = predictionSet(predictions.p, item * width, width, rule);
            expect(predictions.p[item * width + set[0]!]).toBe(predictions.p[item * width + cls]);
          });
        },
      ),
    );
  });

  it('rules nothing out when the items are too few for the promise', () => {
    const few: Predictions = { classes: ['a', 'b', 'c'], y: [0, 1], p: [0.8, 0.1, 0.1, 0.1, 0.8, 0.1] };
    const rule = fitConformal(few, 0.9);
    expect(predictionSet([0.98, 0.02, 0], 0, 3, rule)).toEqual([0, 1, 2]);
    expect(() => fitConformal(few, 1)).toThrow(/received 1/);
  });

  it.skipIf(!referencePresent)('agrees with numpy on the thresholds (needs ../shared/reference)', () => {
    for (const [name, lac, aps] of [
      ['five-classes', 0.887915, 0.934251],
      ['ten-classes-imbalanced', 0.9057898115796231, 0.8185358185358186],
    ] as const) {
      const predictions = predictionsOf(readReference().cases.find((entry) => entry.name === name)!);
      expectClose(fitConformal(predictions, 0.9, 'lac').threshold, lac, 'lac');
      expectClose(fitConformal(predictions, 0.9, 'aps').threshold, aps, 'aps');
    }
  });
});

/** Scores of `dog`: 0.9 dog, 0.8 cat, 0.7 dog, 0.6 dog, 0.3 cat, 0.2 dog, 0.1 cat. */
const dogs: Predictions = {
  classes: ['cat', 'dog'],
  y: [1, 0, 1, 1, 0, 1, 0],
  p: [0.9, 0.8, 0.7, 0.6, 0.3, 0.2, 0.1].flatMap((score) => [1 - score, score]),
};

describe('operating point', () => {
  it('counts what a threshold does', () => {
    const point = atThreshold(dogs, 1, 0.6);
    expect(point).toMatchObject({ truePositives: 3, falsePositives: 1, trueNegatives: 2, falseNegatives: 1 });
    expect(point.precision).toMatchObject({ value: 0.75, count: 3, total: 4 });
    expect(point.recall).toMatchObject({ value: 0.75, total: 4 });
    expectClose(point.f1, 0.75, 'f1', 1e-12);
    expectClose(meanCost(point, { falsePositive: 1, falseNegative: 10 }), 11 / 7, 'cost', 1e-12);
    expect(atThreshold(dogs, 1, 2)).toMatchObject({ precision: null, f1: 0 });
  });

  it.each<[string, OperatingGoal, number]>([
    ['the best F1 (0.8)', { kind: 'f1' }, 0.2],
    ['cheap misses', { kind: 'cost', costs: { falsePositive: 3, falseNegative: 1 } }, 0.9],
    ['dear misses', { kind: 'cost', costs: { falsePositive: 1, falseNegative: 10 } }, 0.2],
    ['recall of at least 0.75', { kind: 'recall', atLeast: 0.75 }, 0.6],
    ['recall of at least 1', { kind: 'recall', atLeast: 1 }, 0.2],
    ['precision of at least 0.9', { kind: 'precision', atLeast: 0.9 }, 0.9],
    ['precision of at least 0.7', { kind: 'precision', atLeast: 0.7 }, 0.6],
  ])('is chosen for %s', (_, goal, threshold) => {
    expect(chooseOperatingPoint(dogs, 1, goal)?.threshold).toBe(threshold);
  });

  it('is null when the goal is out of reach', () => {
    const misled: Predictions = { classes: ['a', 'b'], y: [0, 1], p: [0.2, 0.8, 0.9, 0.1] };
    expect(chooseOperatingPoint(misled, 1, { kind: 'precision', atLeast: 0.9 })).toBeNull();
    expect(chooseOperatingPoint({ ...misled, y: [0, 0] }, 1, { kind: 'f1' })).toBeNull();
  });

  it('no other threshold is better than the chosen one', () => {
    const costs = { falsePositive: 2, falseNegative: 3 };
    fc.assert(
      fc.property(arbitraryPredictions, fc.double({ min: 0, max: 1, noNaN: true }), (predictions, other) => {
        const chosen = chooseOperatingPoint(predictions, 0, { kind: 'cost', costs });
        if (!chosen) return;
        expect(meanCost(chosen, costs)!).toBeLessThanOrEqual(
          meanCost(atThreshold(predictions, 0, other), costs)! + 1e-12,
        );
        const byF1 = chooseOperatingPoint(predictions, 0, { kind: 'f1' })!;
        expect(byF1.f1).toBeGreaterThanOrEqual(atThreshold(predictions, 0, other).f1);
      }),
    );
  });
});

describe('costs of mistakes', () => {
  const equal = [
    [0, 1],
    [1, 0],
  ];

  it('price a confusion matrix', () => {
    expectClose(
      expectedCost(
        [
          [3, 1],
          [2, 4],
        ],
        [
          [0, 1],
          [5, 0],
        ],
      ),
      1.1,
      'cost',
      1e-12,
    );
    expect(
      expectedCost(
        [
          [0, 0],
          [0, 0],
        ],
        equal,
      ),
    ).toBeNull();
  });

  it('decide like argmax when all are equal, and more carefully when one is dear', () => {
    expect(cheapestClasses(dogs, equal)).toEqual(predictedClasses(dogs));
    expect(
      Array.from(
        cheapestClasses(dogs, [
          [0, 1],
          [5, 0],
        ]),
      ),
    ).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(expectedCost(confusionMatrix(dogs), equal)).toBeCloseTo(2 / 7, 12);
    expect(labelledItems(dogs)).toHaveLength(cheapestClasses(dogs, equal).length);
  });
});
