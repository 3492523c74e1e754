import { describe, expect, it } from 'vitest';
import {
  chiSquare1Tail,
  erfc,
  normalCdf,
  normalQuantile,
  normalTwoSided,
} from '../../../../electron/evaluation/significance/distributions.ts';
import { wilsonInterval } from '../../../../electron/evaluation/significance/wilson.ts';
import { expectAllClose, expectClose, readReference, referencePresent } from '../reference.ts';

/** Values of scipy 1.17 (special.erfc, stats.norm, stats.chi2). */
describe('distributions', () => {
  it.each([
    [0, 1],
    [0.1, 0.8875370839817152],
    [1, 0.15729920705028516],
    [1.9999, 0.00467980209297061],
    [2.0001, 0.0046756686958033394],
    [5, 1.5374597944280347e-12],
    [26, 5.6631924088561428e-296],
    [-1, 1.8427007929497148],
  ])('erfc(%d) is %d', (x, expected) => expectClose(erfc(x), expected, 'erfc', 1e-12));

  it.each([
    [0.975, 1.959963984540054],
    [0.5, 0],
    [0.8, 0.8416212335729143],
    [1e-12, -7.034483825301131],
    [0.0001, -3.7190164854556804],
  ])('the %d quantile of the normal distribution is %d', (probability, expected) => {
    expect(normalQuantile(probability)).toBeCloseTo(expected, 11);
    expectClose(normalCdf(normalQuantile(probability)), probability, 'round trip', 1e-12);
  });

  it('gives tails of the normal and the chi-square distribution', () => {
    expectClose(normalTwoSided(1.959963984540054), 0.05, 'two-sided', 1e-12);
    expectClose(chiSquare1Tail(3.841458820694124), 0.05, 'chi-square', 1e-12);
  });

  it('refuses a quantile outside (0, 1)', () => {
    expect(() => normalQuantile(1)).toThrow(/received 1/);
  });
});

describe('Wilson interval', () => {
  it('stays inside [0, 1] at the ends', () => {
    expect(wilsonInterval(0, 10)[0]).toBe(0);
    expect(wilsonInterval(10, 10)[1]).toBe(1);
    // Newcombe (1998), table I: 81 of 263 and 15 of 148.
    expect(wilsonInterval(81, 263).map((x) => x.toFixed(4))).toEqual(['0.2553', '0.3662']);
    expect(wilsonInterval(15, 148).map((x) => x.toFixed(4))).toEqual(['0.0624', '0.1605']);
  });

  it('needs trials', () => {
    expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
  });
});

describe.skipIf(!referencePresent)('Wilson interval against scipy (needs ../shared/reference)', () => {
  it.each((referencePresent ? readReference().paired : []).map((pair) => [pair.y.length, pair] as const))(
    '%d items',
    (n, pair) => {
      const correct = pair.y.filter(
        (label, i) => label === (pair.scoreA[i]! >= pair.thresholdA ? 1 : 0),
      ).length;
      expectAllClose(wilsonInterval(correct, n), pair.expect.wilson95_accuracyA, 'interval');
    },
  );
});
