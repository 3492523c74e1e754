import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../electron/evaluation/evaluate.ts';
import { affordableResamples, evaluationIntervals } from '../../../../electron/evaluation/intervals.ts';
import { rankedScores, weightedAreas } from '../../../../electron/evaluation/ranked-scores.ts';
import {
  bootstrapIntervals,
  pairedBootstrap,
  percentileInterval,
  resampler,
} from '../../../../electron/evaluation/significance/bootstrap.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { labelledItems, type Predictions } from '../../../../electron/evaluation/predictions.ts';
import { arbitraryPredictions } from '../arbitrary.ts';
import { expectAllClose, expectClose, predictionsOf, readReference, referencePresent } from '../reference.ts';

describe('bootstrap', () => {
  const values = Float64Array.from({ length: 400 }, (_, i) => ((i * 37) % 101) / 100);
  const mean = (weights: ArrayLike<number>) => ({
    mean: values.reduce((sum, v, i) => sum + v * weights[i]!, 0) / values.length,
  });

  it('finds the interval theory gives for a mean', () => {
    const average = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - average) ** 2, 0) / values.length;
    const { mean: interval } = bootstrapIntervals(new Uint8Array(values.length), mean, { resamples: 4000 });
    const spread = 1.96 * Math.sqrt(variance / values.length);
    expect(Math.abs(interval![0] - (average - spread))).toBeLessThan(0.1 * spread);
    expect(Math.abs(interval![1] - (average + spread))).toBeLessThan(0.1 * spread);
  });

  it('gives the same interval for the same seed and another for another', () => {
    const strata = new Uint8Array(values.length);
    const run = (seed: number) => bootstrapIntervals(strata, mean, { resamples: 200, seed });
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });

  it('draws within strata', () => {
    const strata = [0, 0, 0, 1, 1, 2];
    const draw = resampler(strata, seededRandom(3));
    for (let i = 0; i < 50; i++) {
      const weights = draw();
      const drawn = [0, 1, 2].map((group) =>
        strata.reduce((sum, s, item) => sum + (s === group ? weights[item]! : 0), 0),
      );
      expect(drawn).toEqual([3, 2, 1]);
    }
  });

  it('takes percentiles as numpy does, and drops what is undefined', () => {
    expectAllClose(percentileInterval([4, 1, null, 3, 2, NaN, 5], 0.5)!, [2, 4], 'interval', 1e-12);
    expect(percentileInterval([null, null])).toBeNull();
  });

  it('interpolates between drawn values as numpy.percentile does', () => {
    expectAllClose(percentileInterval([8, 1, 4, 2], 0.5)!, [1.75, 5], 'interval', 1e-12);
    expect(percentileInterval([3])).toEqual([3, 3]);
  });

  it('pairs items: a constant gain has no spread', () => {
    expect(pairedBootstrap([1, 2, 3, 4], [1.5, 2.5, 3.5, 4.5])).toEqual({
      difference: 0.5,
      interval: [0.5, 0.5],
    });
    expect(pairedBootstrap([], [])).toBeNull();
    expect(() => pairedBootstrap([1], [])).toThrow(RangeError);
  });
});

describe('areas of a resample', () => {
  it('equal the areas of the items written out as often as they were drawn', () => {
    fc.assert(
      fc.property(arbitraryPredictions, fc.integer({ min: 0, max: 1000 }), (predictions, seed) => {
        const labelled = rowsOf(predictions, Array.from(labelledItems(predictions)));
        const weights = resampler(labelled.y, seededRandom(seed))();
        const drawn = rowsOf(
          labelled,
          Array.from(weights).flatMap((count, item) => new Array<number>(count).fill(item)),
        );
        evaluate(drawn).perClass.forEach((expected, cls) => {
          const areas = weightedAreas(rankedScores(labelled, cls), weights);
          expectClose(areas.auc, expected.auc, 'auc', 1e-10);
          expectClose(areas.averagePrecision, expected.averagePrecision, 'average precision', 1e-10);
        });
      }),
    );
  });
});

function rowsOf({ classes, y, p }: Predictions, items: number[]): Predictions {
  const width = classes.length;
  return {
    classes,
    y: items.map((item) => y[item]!),
    p: items.flatMap((item) => Array.from({ length: width }, (_, cls) => p[item * width + cls]!)),
  };
}

describe('intervals of an evaluation', () => {
  it('draw fewer resamples of large sets, but never too few', () => {
    expect(affordableResamples(1000, 10)).toBe(2000);
    expect(affordableResamples(10_000, 60)).toBe(500);
    expect(affordableResamples(100_000, 1000)).toBe(200);
    expect(affordableResamples(0, 2)).toBe(2000);
  });

  it('are null where the score is', () => {
    const intervals = evaluationIntervals({ classes: ['a', 'b'], y: [-1], p: [0.5, 0.5] }, { resamples: 20 });
    expect(intervals).toMatchObject({
      macro: { precision: null, recall: null, f1: null },
      f1: [null, null],
      microAuc: null,
      logLoss: null,
      macroAuc: null,
      averagePrecision: [null, null],
    });
  });

  it.skipIf(!referencePresent)('hold the scores of every reference case (needs ../shared/reference)', () => {
    for (const entry of readReference().cases.filter(({ classes }) => classes <= 10)) {
      const predictions = predictionsOf(entry);
      const scores = evaluate(predictions);
      const intervals = evaluationIntervals(predictions, { resamples: 400 });
      for (const [value, interval] of [
        [scores.balancedAccuracy, intervals.balancedAccuracy],
        [scores.report.macro.f1, intervals.macro.f1],
        [scores.report.macro.precision, intervals.macro.precision],
        [scores.report.weighted.f1, intervals.weighted.f1],
        [scores.micro.auc, intervals.microAuc],
        [scores.micro.averagePrecision, intervals.microAveragePrecision],
        [scores.cohenKappa, intervals.cohenKappa],
        [scores.matthewsCorrelation, intervals.matthewsCorrelation],
        [scores.logLoss, intervals.logLoss],
        [scores.brier, intervals.brier],
        [scores.macro.auc, intervals.macroAuc],
      ] as const) {
        expect(
          interval![0] < value! && value! < interval![1],
          `${entry.name}: ${value} in ${interval?.join(' to ')}`,
        ).toBe(true);
      }
    }
  });
});
