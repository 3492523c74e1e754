import { describe, expect, it } from 'vitest';
import type { Predictions } from '../../../../electron/evaluation/predictions.ts';
import { compareAllRuns, compareRuns } from '../../../../electron/evaluation/significance/compare.ts';
import { expectClose } from '../reference.ts';

/** A two-class run over 200 items that is wrong on the items `isWrong` names, and sure of itself to `confidence`. */
function run(isWrong: (item: number) => boolean, confidence = 0.8): Predictions {
  const y = Int32Array.from({ length: 200 }, (_, item) => item % 2);
  const p = Float64Array.from(y, (_, item) => (isWrong(item) ? 1 - confidence : confidence));
  const rows = Array.from(p, (ofTruth, item) =>
    y[item] === 0 ? [ofTruth, 1 - ofTruth] : [1 - ofTruth, ofTruth],
  );
  return { classes: ['cat', 'dog'], y, p: Float64Array.from(rows.flat()) };
}

const weak = run((item) => item < 60);
const strong = run((item) => item < 20);
const alike = run((item) => item < 58 || item === 100);

describe('comparison of two runs', () => {
  it('names the better one when the evidence is there', () => {
    const comparison = compareRuns(weak, strong);
    expect(comparison).toMatchObject({
      n: 200,
      counts: { bothCorrect: 140, onlyFirst: 0, onlySecond: 40, bothWrong: 20 },
      accuracy: { first: 0.7, second: 0.9, difference: 0.2 },
      verdict: 'second-better',
    });
    expect(compareRuns(strong, weak).verdict).toBe('first-better');
    expectClose(comparison.logLoss.difference, 0.2 * Math.log(0.2 / 0.8), 'log loss', 1e-9);
    expect(comparison.logLoss.interval[1]).toBeLessThan(0);
    expectClose(comparison.areas[0]!.difference, 0.2, 'area', 1e-9);
  });

  it('names no winner without evidence, and says what could have been found', () => {
    const comparison = compareRuns(weak, alike);
    expect(comparison.verdict).toBe('unproven');
    expect(comparison.mcnemar).toMatchObject({ method: 'exact', onlyFirst: 1, onlySecond: 2, p: 1 });
    expect(comparison.accuracy.interval[0]).toBeLessThan(0);
    expect(compareRuns(weak, weak)).toMatchObject({
      verdict: 'unproven',
      detectable: null,
      mcnemar: { p: 1 },
    });
  });

  it('corrects for the number of pairs: a narrow win alone is none among many', () => {
    const slightlyBetter = run((item) => item >= 7 && item < 60);
    expect(compareRuns(weak, slightlyBetter).verdict).toBe('second-better');
    const all = compareAllRuns([weak, slightlyBetter, alike, run((item) => item < 59)]);
    expect(all.map(({ first, second }) => [first, second])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    expectClose(all[0]!.comparison.adjustedP, 6 * 2 ** -6, 'adjusted p', 1e-9);
    expect(all[0]!.comparison.verdict).toBe('unproven');
  });

  it('survives JSON', () => {
    const comparison = compareRuns(weak, strong);
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });

  it('refuses runs that judged different items', () => {
    expect(() => compareRuns(weak, { ...weak, classes: ['dog', 'cat'] })).toThrow(/different classes/);
    expect(() => compareRuns(weak, { ...weak, y: [1, ...Array.from(weak.y).slice(1)] })).toThrow(/item 0/);
    expect(() =>
      compareRuns({ classes: ['a'], y: [-1], p: [1] }, { classes: ['a'], y: [-1], p: [1] }),
    ).toThrow(/no item/);
  });
});
