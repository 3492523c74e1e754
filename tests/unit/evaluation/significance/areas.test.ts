import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryScores } from '../../../../electron/evaluation/predictions.ts';
import { rocArea } from '../../../../electron/evaluation/roc.ts';
import { delongArea, delongTest } from '../../../../electron/evaluation/significance/delong.ts';
import { wilsonInterval } from '../../../../electron/evaluation/significance/wilson.ts';
import { thresholdCounts } from '../../../../electron/evaluation/thresholds.ts';
import { arbitraryScores } from '../arbitrary.ts';
import { expectAllClose, expectClose, readReference, referencePresent } from '../reference.ts';

function sides(y: number[], scores: number[]): BinaryScores {
  const of = (label: number) => Float64Array.from(scores.filter((_, i) => y[i] === label));
  return { positive: of(1), negative: of(0) };
}

describe.skipIf(!referencePresent)('DeLong against scipy (needs ../shared/reference)', () => {
  const pairs = referencePresent ? readReference().paired : [];

  it.each(pairs.map((pair) => [pair.y.length, pair] as const))(
    '%d items: areas, variances, z and p',
    (_, { y, scoreA, scoreB, expect: expected }) => {
      const comparison = delongTest(sides(y, scoreA), sides(y, scoreB))!;
      expectAllClose([comparison.a.auc, comparison.b.auc], expected.auc, 'auc');
      expectAllClose([comparison.a.variance, comparison.b.variance], expected.auc_variance, 'variance');
      // The reference subtracts B from A; here the difference is B - A.
      expectClose(-comparison.z, expected.delong_z, 'z');
      expectClose(comparison.p, expected.delong_p, 'p');
    },
  );

  it('gives the interval of the logit scale', () => {
    const { y, scoreA } = pairs[0]!;
    expectAllClose(
      delongArea(sides(y, scoreA))!.interval,
      [0.7603452474999901, 0.8733173828635422],
      'interval',
    );
  });
});

describe('DeLong', () => {
  it('gives the variance worked out by hand', () => {
    // Placements of the positives: 1, 1/2; of the negatives: 1, 1/2. Both variances 1/8, over two items each.
    const area = delongArea({ positive: Float64Array.from([3, 1]), negative: Float64Array.from([0, 2]) })!;
    expect(area.auc).toBe(0.75);
    expectClose(area.variance, 0.125, 'variance', 1e-15);
  });

  it('agrees with the area under the curve, inside its own interval', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { auc, interval } = delongArea(scores)!;
        expectClose(auc, rocArea(thresholdCounts(scores)), 'auc', 1e-12);
        expect(
          interval[0] <= auc + 1e-12 && auc <= interval[1] + 1e-12 && interval[0] >= 0 && interval[1] <= 1,
        ).toBe(true);
      }),
    );
  });

  it('does not claim certainty for a perfect ranking', () => {
    const perfect = { positive: Float64Array.from([3, 4, 5]), negative: Float64Array.from([0, 1, 1, 2, 0]) };
    expect(delongArea(perfect)).toMatchObject({ auc: 1, variance: 0, interval: wilsonInterval(3, 3) });
  });

  it('finds no difference between a score and its growing transform', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const stretched = {
          positive: scores.positive.map(Math.exp),
          negative: scores.negative.map(Math.exp),
        };
        expect(delongTest(scores, stretched)).toMatchObject({ difference: 0, z: 0, p: 1 });
      }),
    );
  });

  it('is undefined without positives, and refuses different items', () => {
    const empty = { positive: new Float64Array(0), negative: Float64Array.from([1]) };
    expect(delongArea(empty)).toBeNull();
    expect(delongTest(empty, empty)).toBeNull();
    expect(() => delongTest(empty, { ...empty, negative: Float64Array.from([1, 2]) })).toThrow(RangeError);
  });
});
