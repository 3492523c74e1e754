import { describe, expect, it } from 'vitest';
import { calibrationSteps } from '../../../../electron/evaluation/calibration/calibration.ts';
import type { Predictions } from '../../../../electron/evaluation/predictions.ts';
import { finished } from '../../../../electron/evaluation/significance/bootstrap.ts';

const calibration = (judged: Predictions, validation: Predictions | null) =>
  finished(calibrationSteps(judged, validation))!;

/** A model of two classes that always claims `confidence` and is right in `right` of `n` items. */
function claiming(confidence: number, right: number, n: number): Predictions {
  const y = Int32Array.from({ length: n }, (_, item) => (item < right ? 1 : 0));
  const p = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 === 1 ? confidence : 1 - confidence));
  return { classes: ['cat', 'dog'], y, p };
}

describe('calibration', () => {
  it('finds a model that claims 99 % and is right in 80 % overconfident, and mends it on validation', () => {
    const { asIs, scaled, n } = calibration(claiming(0.99, 80, 100), claiming(0.99, 160, 200));
    expect(n).toBe(100);
    expect(asIs.ece).toBeCloseTo(0.19, 10);
    expect(asIs.overconfidence).toBeCloseTo(0.19, 10);
    expect(asIs.interval[0]).toBeGreaterThan(0);
    // softmax(log p / T) = 0.8 needs log(99) / T = log(4).
    expect(scaled?.temperature).toBeCloseTo(Math.log(99) / Math.log(4), 4);
    expect(scaled?.fittedOn).toBe(200);
    expect(scaled?.ece).toBeCloseTo(0, 4);
  });

  it('offers no scaling without pictures to fit it on', () => {
    expect(calibration(claiming(0.9, 9, 10), null).scaled).toBeNull();
  });

  it('says nothing about no pictures', () => {
    expect(calibration(claiming(0.9, 0, 0), null)).toBeNull();
  });

  it('gives the calibration error an interval that holds it', () => {
    const { ece, interval } = calibration(claiming(0.9, 70, 100), null).asIs;
    expect(interval[0]).toBeLessThan(ece);
    expect(interval[1]).toBeGreaterThan(ece);
  });
});
