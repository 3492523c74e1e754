import { describe, expect, it } from 'vitest';
import { debiasedLinearCka, linearCka } from '../../../../electron/evaluation/transferability/cka.ts';
import {
  sampleRows,
  selectRows,
  type FeatureMatrix,
  type LabelledFeatures,
} from '../../../../electron/evaluation/transferability/features.ts';
import { hScore, ledoitWolf } from '../../../../electron/evaluation/transferability/h-score.ts';
import { leep } from '../../../../electron/evaluation/transferability/leep.ts';
import { logMe } from '../../../../electron/evaluation/transferability/logme.ts';
import {
  centred,
  gram,
  squaredLength,
  transposed,
} from '../../../../electron/evaluation/transferability/matrix.ts';
import { nearestNeighbourAccuracy } from '../../../../electron/evaluation/transferability/nearest-neighbours.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { expectClose } from '../reference.ts';

/**
 * Reproducible features in which every class lifts its own columns. The expected values below were computed from
 * the same numbers in Python with numpy and scipy: LogME by maximising the density of a multivariate normal with
 * Nelder-Mead, the others from their definitions with explicit inverses.
 */
function labelledFeatures(rows: number, columns: number, classes: number, seed: number): LabelledFeatures {
  const y = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const values = Float64Array.from({ length: rows * columns }, (_, i) => {
    const lifted = (i % columns) % classes === y[Math.floor(i / columns)];
    return ((i * i * 31 + i * 7919 + seed * 101) % 1009) / 1009 + (lifted ? 0.4 : 0);
  });
  return { features: { values, rows, columns }, y, classes };
}

const tall = labelledFeatures(40, 6, 3, 1);
const wide = labelledFeatures(20, 50, 4, 3);

/** Normal noise without any relation to a label. */
function noise(rows: number, columns: number, seed: number): FeatureMatrix {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: rows * columns }, () => {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
  return { values, rows, columns };
}

function zeros(rows: number, columns: number): FeatureMatrix {
  return { values: new Float64Array(rows * columns), rows, columns };
}

describe('LogME', () => {
  it('is the maximal evidence, with more rows than features and with fewer', () => {
    expectClose(logMe(tall), -0.43944576357555326, 'tall', 1e-8);
    expectClose(logMe(wide), -0.3243866640164146, 'wide', 1e-8);
  });

  it('prefers features that know the classes over those that do not', () => {
    expect(logMe(tall)!).toBeGreaterThan(logMe({ ...tall, features: noise(40, 6, 1) })!);
  });

  it('stays finite where the features fit the classes perfectly, and is null where they say nothing', () => {
    const perfect = {
      features: { values: Float64Array.from([1, 0, 0, 1, 1, 0]), rows: 3, columns: 2 },
      y: [0, 1, 0],
      classes: 2,
    };
    expect(Number.isFinite(logMe(perfect))).toBe(true);
    expect(logMe({ features: zeros(3, 2), y: [0, 1, 0], classes: 2 })).toBeNull();
    expect(logMe({ features: zeros(0, 2), y: [], classes: 2 })).toBeNull();
  });

  it('manages 600 rows of 1280 features in seconds', () => {
    const features = noise(600, 1280, 4);
    expect(
      Number.isFinite(
        logMe({ features, y: Int32Array.from({ length: 600 }, (_, i) => i % 10), classes: 10 }),
      ),
    ).toBe(true);
  });
});

describe('H-score', () => {
  it('agrees with its definition, shrunk and not', () => {
    expectClose(hScore(tall, 0), 1.2509819049254969, 'tall, plain');
    expectClose(hScore(tall), 0.8436284480690098, 'tall, shrunk');
    expectClose(hScore(wide), 2.2299927156377053, 'wide, shrunk');
    expectClose(hScore(wide, 0.3), 2.7368078587487528, 'wide, shrunk by 0.3');
  });

  it("shrinks by Ledoit and Wolf's amount, through either product", () => {
    const x = centred(tall.features);
    const variance = squaredLength(Float64Array.from(x.values)) / x.values.length;
    expectClose(ledoitWolf(x, gram(x), variance), 0.4342352209903572, 'rows');
    expectClose(ledoitWolf(x, gram(transposed(x)), variance), 0.4342352209903572, 'columns');
  });

  it('is null for features that do not vary, and refuses a singular covariance', () => {
    expect(hScore({ features: zeros(4, 2), y: [0, 1, 0, 1], classes: 2 })).toBeNull();
    expect(() => hScore(wide, 0)).toThrow(/positive definite/);
  });
});

describe('LEEP', () => {
  it('agrees with its definition', () => {
    const { values, rows, columns } = tall.features;
    const sums = Array.from({ length: rows }, (_, row) =>
      Array.from(values)
        .slice(row * columns, (row + 1) * columns)
        .reduce((a, b) => a + b, 0),
    );
    const p = Float64Array.from(values, (value, i) => value / sums[Math.floor(i / columns)]!);
    expectClose(leep({ p, sourceClasses: 6, y: tall.y, classes: 3 }), -1.0100108216098278, 'leep');
  });

  it('is 0 when source classes decide the target, and the label entropy when they say nothing', () => {
    expect(leep({ p: [1, 0, 0, 1, 1, 0], sourceClasses: 2, y: [0, 1, 0], classes: 2 })).toBeCloseTo(0, 12);
    expectClose(
      leep({ p: [0.5, 0.5, 0.5, 0.5], sourceClasses: 2, y: [0, 1], classes: 2 }),
      -Math.LN2,
      'entropy',
    );
    expect(leep({ p: [], sourceClasses: 2, y: [], classes: 2 })).toBeNull();
    expect(() => leep({ p: [1], sourceClasses: 2, y: [0], classes: 2 })).toThrow(RangeError);
  });
});

describe('nearest neighbours', () => {
  it('judge every row by the others', () => {
    expect(nearestNeighbourAccuracy(tall, 5)).toMatchObject({ count: 31, total: 40 });
    expect(nearestNeighbourAccuracy(tall, 1)).toMatchObject({ count: 28 });
    expect(nearestNeighbourAccuracy(wide, 5)).toMatchObject({ count: 20, total: 20 });
  });

  it('need company', () => {
    expect(nearestNeighbourAccuracy({ features: zeros(1, 2), y: [0], classes: 1 })).toBeNull();
  });
});

describe('linear CKA', () => {
  it('agrees with its definition, plain and debiased', () => {
    const other = labelledFeatures(40, 6, 3, 2).features;
    expectClose(linearCka(tall.features, other), 0.4707066317431736, 'tall');
    expectClose(debiasedLinearCka(tall.features, other), 0.4039256681260216, 'tall, debiased');
    const narrower = labelledFeatures(20, 30, 4, 5).features;
    expectClose(linearCka(wide.features, narrower), 0.7238680195004936, 'wide');
    expectClose(debiasedLinearCka(wide.features, narrower), 0.39881076044372404, 'wide, debiased');
  });

  it('is 1 for a scaled and shifted copy', () => {
    const { values, rows, columns } = tall.features;
    const copy = { values: Float64Array.from(values, (value) => 3 - 2 * value), rows, columns };
    expectClose(linearCka(tall.features, copy), 1, 'plain', 1e-12);
    expectClose(debiasedLinearCka(tall.features, copy), 1, 'debiased', 1e-12);
  });

  it('debiased, sees nothing between unrelated features where the plain one does', () => {
    const [a, b] = [noise(40, 200, 5), noise(40, 200, 6)];
    expect(linearCka(a, b)!).toBeGreaterThan(0.7);
    expect(Math.abs(debiasedLinearCka(a, b)!)).toBeLessThan(0.1);
  });

  it('is null where a side does not vary', () => {
    expect(linearCka(tall.features, zeros(40, 3))).toBeNull();
    expect(debiasedLinearCka(zeros(3, 2), zeros(3, 2))).toBeNull();
    expect(() => linearCka(tall.features, zeros(39, 3))).toThrow(/40 and 39/);
  });
});

describe('rows of features', () => {
  it('are sampled evenly from the classes, the same for the same seed', () => {
    const y = [...new Array<number>(50).fill(0), ...new Array<number>(50).fill(1), 2, 2, 2];
    const rows = sampleRows(y, 3, 23, 7);
    expect([0, 1, 2].map((cls) => Array.from(rows).filter((row) => y[row] === cls).length)).toEqual([
      10, 10, 3,
    ]);
    expect(new Set(rows).size).toBe(23);
    expect(sampleRows(y, 3, 23, 7)).toEqual(rows);
    expect(sampleRows(y, 3, 23, 8)).not.toEqual(rows);
    expect(sampleRows(y, 3, 1000, 7)).toHaveLength(103);
  });

  it('are selected in the order asked for', () => {
    const features = { values: [1, 2, 3, 4, 5, 6], rows: 3, columns: 2 };
    expect(selectRows(features, [2, 0])).toEqual({
      values: Float32Array.from([5, 6, 1, 2]),
      rows: 2,
      columns: 2,
    });
  });

  it('are refused when they do not fit their labels', () => {
    const features = { values: [1, 2, 3, 4], rows: 2, columns: 2 };
    expect(() => logMe({ features, y: [0], classes: 2 })).toThrow(/2 rows/);
    expect(() => logMe({ features, y: [0, 2], classes: 2 })).toThrow(/row 1 has label 2/);
    expect(() => logMe({ features: { ...features, rows: 3 }, y: [0, 1, 0], classes: 2 })).toThrow(
      /received 4/,
    );
  });
});
