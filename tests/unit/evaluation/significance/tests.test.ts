import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holmAdjusted } from '../../../../electron/evaluation/significance/holm.ts';
import {
  mcnemarChiSquare,
  mcnemarExact,
  mcnemarTest,
} from '../../../../electron/evaluation/significance/mcnemar.ts';
import { binomialCdf } from '../../../../electron/evaluation/significance/distributions.ts';
import {
  detectableDifference,
  pairedAccuracyInterval,
} from '../../../../electron/evaluation/significance/paired-accuracy.ts';
import { summarizeRepeats, transferGain } from '../../../../electron/evaluation/significance/repeats.ts';
import { expectAllClose, expectClose, readReference, referencePresent } from '../reference.ts';

describe.skipIf(!referencePresent)('McNemar against scipy (needs ../shared/reference)', () => {
  it.each((referencePresent ? readReference().paired : []).map((pair) => [pair.y.length, pair] as const))(
    '%d items',
    (_, pair) => {
      const { y, scoreA, scoreB, thresholdA, thresholdB, expect: expected } = pair;
      const rightA = y.map((label, i) => label === Number(scoreA[i]! >= thresholdA));
      const rightB = y.map((label, i) => label === Number(scoreB[i]! >= thresholdB));
      const onlyA = y.filter((_, i) => rightA[i] && !rightB[i]).length;
      const onlyB = y.filter((_, i) => rightB[i] && !rightA[i]).length;
      expect([onlyA, onlyB]).toEqual([expected.mcnemar.onlyAcorrect, expected.mcnemar.onlyBcorrect]);
      expectClose(mcnemarExact(onlyA, onlyB), expected.mcnemar.exact_p, 'p');
    },
  );
});

describe('McNemar', () => {
  // p-values of scipy 1.17: stats.binomtest and stats.chi2.sf.
  it('is exact when few items tell the models apart', () => {
    expect(mcnemarTest(5, 1)).toMatchObject({ method: 'exact', onlyFirst: 5, onlySecond: 1 });
    expectClose(mcnemarTest(5, 1).p, 0.21875, 'p', 1e-12);
    expect(mcnemarTest(12, 12).p).toBe(1);
    expect(mcnemarTest(0, 0).p).toBe(1);
  });

  it('uses chi-square with continuity correction when many do', () => {
    expectClose(mcnemarChiSquare(86, 150), 16.81779661016949, 'statistic', 1e-12);
    expect(mcnemarTest(86, 150).method).toBe('chi-square');
    expectClose(mcnemarTest(86, 150).p, 4.114562281345944e-5, 'p', 1e-11);
    expectClose(mcnemarExact(86, 150), 3.7159361395713866e-5, 'exact p', 1e-10);
    expect(mcnemarTest(30, 30).p).toBe(1);
  });
});

describe('interval of a paired accuracy difference', () => {
  it('keeps its promise: the exact coverage over all outcomes of 20 items is near 95 %', () => {
    for (const [onlyFirst, onlySecond, bothCorrect] of [
      [0.1, 0.1, 0.7],
      [0.05, 0.2, 0.7],
      [0.02, 0.3, 0.5],
      [0.25, 0.25, 0.25],
    ] as const) {
      const covered = coverage(20, { onlyFirst, onlySecond, bothCorrect });
      expect(covered).toBeGreaterThan(0.92);
      expect(covered).toBeLessThan(0.995);
    }
  });

  it('mirrors when the models are swapped, and is not a point when they never disagree', () => {
    const counts = { bothCorrect: 40, onlyFirst: 4, onlySecond: 10, bothWrong: 6 };
    const [low, high] = pairedAccuracyInterval(counts);
    expectAllClose(
      pairedAccuracyInterval({ ...counts, onlyFirst: 10, onlySecond: 4 }),
      [-high, -low],
      'swapped',
      1e-12,
    );
    expect(low < 0.1 && high > 0.1).toBe(true);
    const [never, disagree] = pairedAccuracyInterval({
      bothCorrect: 50,
      onlyFirst: 0,
      onlySecond: 0,
      bothWrong: 0,
    });
    expect(never < 0 && disagree > 0).toBe(true);
  });
});

/** Probability, summed over every possible outcome, that the interval holds the true difference. */
function coverage(n: number, share: { onlyFirst: number; onlySecond: number; bothCorrect: number }): number {
  const truth = share.onlySecond - share.onlyFirst;
  const bothWrong = 1 - share.onlyFirst - share.onlySecond - share.bothCorrect;
  let covered = 0;
  for (let a = 0; a <= n; a++) {
    for (let b = 0; a + b <= n; b++) {
      for (let c = 0; a + b + c <= n; c++) {
        const counts = { bothCorrect: a, onlyFirst: b, onlySecond: c, bothWrong: n - a - b - c };
        const [low, high] = pairedAccuracyInterval(counts);
        if (low > truth || high < truth) continue;
        covered +=
          ways(n, a) *
          ways(n - a, b) *
          ways(n - a - b, c) *
          share.bothCorrect ** a *
          share.onlyFirst ** b *
          share.onlySecond ** c *
          bothWrong ** counts.bothWrong;
      }
    }
  }
  return covered;
}

function ways(n: number, k: number): number {
  return Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce(
    (product, factor) => product * factor,
    1,
  );
}

describe('detectable difference', () => {
  it('solves the power equation (scipy.optimize.brentq)', () => {
    expectClose(detectableDifference(1000, 0.06), 0.021675411797374824, 'n = 1000', 1e-9);
    expectClose(detectableDifference(200, 0.2), 0.08807269345209946, 'n = 200', 1e-9);
  });

  it('is what the uncorrected test really finds four times in five', () => {
    const [n, disagreement] = [400, 0.15];
    const difference = detectableDifference(n, disagreement)!;
    const power = signTestPower(n, disagreement, difference);
    expect(power).toBeGreaterThan(0.77);
    expect(power).toBeLessThan(0.83);
  });

  it('is null where nothing could be found', () => {
    expect(detectableDifference(10, 0.1)).toBeNull();
    expect(detectableDifference(1000, 0)).toBeNull();
    expect(detectableDifference(0, 0.5)).toBeNull();
  });
});

/** Exact power of |c - b| / sqrt(b + c) > 1.96, over the number of disagreements and how they split. */
function signTestPower(n: number, disagreement: number, difference: number): number {
  const toSecond = (disagreement + difference) / (2 * disagreement);
  let power = 0;
  for (let m = 1; m <= n; m++) {
    const ofM = binomialCdf(m, n, disagreement) - binomialCdf(m - 1, n, disagreement);
    if (ofM < 1e-9) continue;
    const edge = Math.ceil((m + 1.959963984540054 * Math.sqrt(m)) / 2) - 1;
    power += ofM * (1 - binomialCdf(edge, m, toSecond));
  }
  return power;
}

describe('Holm', () => {
  it("agrees with R's p.adjust", () => {
    expectAllClose(holmAdjusted([0.01, 0.02, 0.03, 0.04]), [0.04, 0.06, 0.06, 0.06], 'adjusted', 1e-12);
    expectAllClose(holmAdjusted([0.8, 0.001, 0.04]), [0.8, 0.003, 0.08], 'adjusted', 1e-12);
    expect(holmAdjusted([])).toEqual([]);
  });

  it('never lowers a p, never passes 1, keeps the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (pValues) => {
        const adjusted = holmAdjusted(pValues);
        pValues.forEach((p, i) => {
          expect(adjusted[i]! >= p && adjusted[i]! <= 1).toBe(true);
          pValues.forEach((q, j) => expect(p < q && adjusted[i]! > adjusted[j]!).toBe(false));
        });
      }),
    );
  });
});

describe('repeats over seeds', () => {
  const transfer = [0.95, 0.96, 0.94, 0.97, 0.95];

  // scipy 1.17: stats.t.interval and stats.ttest_rel.
  it("summarizes with Student's interval", () => {
    const summary = summarizeRepeats(transfer);
    expectClose(summary.mean, 0.954, 'mean');
    expectClose(summary.deviation, 0.011401754250991391, 'deviation');
    expectAllClose(summary.interval!, [0.9398428522301773, 0.9681571477698226], 'interval');
    expect(summarizeRepeats([0.9])).toEqual({ count: 1, mean: 0.9, deviation: null, interval: null });
  });

  it('measures transfer gain by seed, with its verdict', () => {
    const gain = transferGain(transfer, [0.93, 0.95, 0.94, 0.94, 0.92]);
    expectClose(gain.gain, 0.018, 'gain');
    expectAllClose(gain.interval, [0.001810682152912961, 0.03418931784708698], 'interval', 1e-8);
    expectClose(gain.p, 0.03668198940044111, 'p', 1e-8);
    expect(gain.verdict).toBe('positive');
    expect(transferGain([0.5, 0.52, 0.51], [0.6, 0.63, 0.62]).verdict).toBe('negative');
    expect(transferGain([0.5, 0.7], [0.6, 0.6]).verdict).toBe('unproven');
  });

  it('refuses seeds without a partner', () => {
    expect(() => transferGain([0.9], [0.8])).toThrow(RangeError);
    expect(() => transferGain([0.9, 0.8], [0.8])).toThrow(RangeError);
  });
});
