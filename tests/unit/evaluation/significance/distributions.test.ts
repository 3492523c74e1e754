import { describe, expect, it } from 'vitest';
import {
  binomialCdf,
  chiSquare1Tail,
  erfc,
  incompleteBeta,
  logGamma,
  normalCdf,
  normalQuantile,
  normalTwoSided,
  studentCdf,
  studentQuantile,
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

  it.each([
    [3, 10, 0.5, 0.171875],
    [480, 1000, 0.5, 0.10872414660207075],
    [4900, 10000, 0.5, 0.023292763852473225],
    [7, 20, 0.3, 0.7722717974181608],
    [-1, 5, 0.5, 0],
    [5, 5, 0.5, 1],
  ])('P(at most %d of %d at %d) is %d', (k, n, share, expected) =>
    expectClose(binomialCdf(k, n, share), expected, 'cdf', 1e-10),
  );

  it('gives gamma and beta functions', () => {
    expectClose(logGamma(0.75), 0.20328095143129538, 'gamma', 1e-12);
    expectClose(logGamma(7.5), 7.534364236758734, 'gamma', 1e-12);
    expectClose(logGamma(1234.5), 7550.550901077894, 'gamma', 1e-12);
    expectClose(incompleteBeta(0.4, 2, 3), 0.5248, 'beta', 1e-12);
    expectClose(incompleteBeta(0.1, 0.5, 0.5), 0.20483276469913345, 'beta', 1e-12);
    expectClose(incompleteBeta(0.99, 50, 0.5), 0.3173043978741973, 'beta', 1e-12);
    expectClose(incompleteBeta(0.5, 10, 20), 0.9692858271300793, 'beta', 1e-12);
  });

  it.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 4, 2.7764451051977934],
    [0.9, 30, 1.3104150253913955],
    [0.025, 4, -2.7764451051977943],
  ])(
    "the %d quantile of Student's distribution with %d degrees of freedom is %d",
    (probability, freedom, expected) => {
      expectClose(studentQuantile(probability, freedom), expected, 'quantile', 1e-11);
      expectClose(studentCdf(expected, freedom), probability, 'cdf', 1e-11);
    },
  );

  it('refuses a quantile outside (0, 1)', () => {
    expect(() => studentQuantile(0, 3)).toThrow(/received 0/);
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
