import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictedClasses, type Predictions } from '../../../../electron/evaluation/predictions.ts';
import {
  calibrationErrorInterval,
  classClaims,
  reliability,
  topClaims,
} from '../../../../electron/evaluation/calibration/reliability.ts';
import { fitTemperature, withTemperature } from '../../../../electron/evaluation/calibration/temperature.ts';
import { logLoss } from '../../../../electron/evaluation/probability-scores.ts';
import { arbitraryPredictions } from '../arbitrary.ts';
import { expectAllClose, expectClose, predictionsOf, readReference, referencePresent } from '../reference.ts';

/** Computed from the reference cases with numpy and scipy.optimize.minimize_scalar. */
const independent = {
  binary: { temperature: 0.8615882320072918, loss: 0.39988691098528384, ece: 0.12618458, mce: 0.472909 },
  'five-classes': {
    temperature: 0.8519577862326451,
    loss: 1.1669475497904012,
    ece: 0.08013098785382641,
    mce: 0.1757686801268915,
  },
  'ten-classes-imbalanced': {
    temperature: 0.5922987418839296,
    loss: 1.2165099158866206,
    ece: 0.19321534940802063,
    mce: 0.2948646530408079,
  },
};

describe.skipIf(!referencePresent)('calibration against numpy and scipy (needs ../shared/reference)', () => {
  it.each(Object.entries(independent))('%s: temperature and calibration error', (name, expected) => {
    const predictions = predictionsOf(readReference().cases.find((entry) => entry.name === name)!);
    const fit = fitTemperature(predictions)!;
    // A minimum is flat: scipy's search knows the temperature to about 1e-7 only, the loss to rounding.
    expectClose(fit.temperature, expected.temperature, 'temperature', 1e-6);
    expectClose(fit.lossAfter, expected.loss, 'loss', 1e-12);
    expectClose(
      logLoss(withTemperature(predictions, fit.temperature)),
      expected.loss,
      'loss after scaling',
      1e-9,
    );
    const { ece, mce } = reliability(topClaims(predictions));
    expectClose(ece, expected.ece, 'ece');
    expectClose(mce, expected.mce, 'mce');
    const [low, high] = calibrationErrorInterval(topClaims(predictions), { resamples: 300 })!;
    expect(low > 0 && low < high && high > expected.ece).toBe(true);
  });
});

describe('reliability', () => {
  it('gives the values worked out by hand', () => {
    const claims = {
      confidence: Float64Array.from([0, 0.5, 0.9, 1, 0.8]),
      correct: Uint8Array.from([0, 1, 1, 1, 0]),
    };
    const { bins, ece, mce, overconfidence } = reliability(claims, 2);
    expect(bins).toMatchObject([
      { low: 0, high: 0.5, count: 2, confidence: 0.25, accuracy: 0.5 },
      { low: 0.5, high: 1, count: 3, confidence: 0.9 },
    ]);
    expectClose(ece, (2 * 0.25 + 3 * (0.9 - 2 / 3)) / 5, 'ece', 1e-12);
    expectClose(mce, 0.25, 'mce', 1e-12);
    expectClose(overconfidence, (3.2 - 3) / 5, 'overconfidence', 1e-12);
  });

  it('is null, not NaN, without items', () => {
    const empty = { confidence: new Float64Array(0), correct: new Uint8Array(0) };
    expect(reliability(empty, 3)).toMatchObject({ ece: null, mce: null, overconfidence: null });
    expect(reliability(empty, 3).bins[0]).toMatchObject({ count: 0, confidence: null, accuracy: null });
    expect(calibrationErrorInterval(empty, { resamples: 10 })).toBeNull();
  });

  it('puts every labelled item in one bin', () => {
    fc.assert(
      fc.property(arbitraryPredictions, fc.integer({ min: 1, max: 20 }), (predictions, bins) => {
        const labelled = Array.from(predictions.y).filter((label) => label >= 0).length;
        for (const claims of [topClaims(predictions), classClaims(predictions, 0)]) {
          expect(reliability(claims, bins).bins.reduce((sum, { count }) => sum + count, 0)).toBe(labelled);
        }
      }),
    );
  });
});

describe('temperature scaling', () => {
  /** 100 items told 0.9, of which 70 are right: the honest probability is 0.7. */
  const overconfident: Predictions = {
    classes: ['a', 'b'],
    y: Int32Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 1)),
    p: Float64Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.9 : 0.1)),
  };

  it('turns 0.9 into the 0.7 that is true', () => {
    const fit = fitTemperature(overconfident)!;
    expectClose(fit.temperature, Math.log(9) / Math.log(7 / 3), 'temperature', 1e-10);
    expect(fit.atBound).toBe(false);
    expectAllClose(
      Array.from(withTemperature(overconfident, fit.temperature).p).slice(0, 2),
      [0.7, 0.3],
      'p',
      1e-10,
    );
  });

  it('never raises the loss, never changes an answer, and takes itself back', () => {
    fc.assert(
      fc.property(arbitraryPredictions, (predictions) => {
        const fit = fitTemperature(predictions);
        if (!fit) return;
        expect(fit.lossAfter).toBeLessThanOrEqual(fit.lossBefore + 1e-12);
        const scaled = withTemperature(predictions, 1.7);
        expect(predictedClasses(scaled)).toEqual(predictedClasses(predictions));
        expectAllClose(Array.from(withTemperature(scaled, 1 / 1.7).p), Array.from(predictions.p), 'p', 1e-9);
      }),
    );
  });

  it('says so when the best temperature is out of reach', () => {
    const alwaysRight: Predictions = { classes: ['a', 'b'], y: [0, 1], p: [0.8, 0.2, 0.3, 0.7] };
    expect(fitTemperature(alwaysRight)).toMatchObject({ atBound: true });
    expect(fitTemperature({ ...alwaysRight, y: [1, 0] })).toMatchObject({ atBound: true });
    expect(fitTemperature({ ...alwaysRight, y: [-1, -1] })).toBeNull();
  });

  it('copes with probabilities that underflowed to zero', () => {
    const fit = fitTemperature({
      classes: ['a', 'b'],
      y: [0, 1, 0],
      p: Float32Array.from([1, 0, 1, 0, 1, 0]),
    })!;
    expect(Number.isFinite(fit.temperature) && Number.isFinite(fit.lossAfter)).toBe(true);
    expect(fit.temperature).toBeGreaterThan(1);
    expect(() => withTemperature(overconfident, 0)).toThrow(/received 0/);
  });
});
