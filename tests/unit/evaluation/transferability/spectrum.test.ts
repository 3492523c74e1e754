import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cholesky,
  solveLower,
  squaredLength,
} from '../../../../electron/evaluation/transferability/matrix.ts';
import { symmetricSpectrum } from '../../../../electron/evaluation/transferability/spectrum.ts';
import { expectAllClose, expectClose } from '../reference.ts';

/** Symmetric matrices of 1 to 7 rows with small whole entries: many repeated and zero eigenvalues among them. */
const arbitrarySymmetric = fc.integer({ min: 1, max: 7 }).chain((size) =>
  fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: size * size, maxLength: size * size })
    .map((entries) => {
      const a = Float64Array.from(
        entries,
        (_, i) => entries[i]! + entries[(i % size) * size + Math.floor(i / size)]!,
      );
      return { a, size };
    }),
);

function times(a: Float64Array, size: number, x: Float64Array): Float64Array {
  return Float64Array.from({ length: size }, (_, i) =>
    x.reduce((sum, value, j) => sum + a[i * size + j]! * value, 0),
  );
}

describe('spectrum of a symmetric matrix', () => {
  it('finds known eigenvalues', () => {
    // The second-difference matrix of 5 points: 2 - 2 cos(k pi / 6).
    const size = 5;
    const a = Float64Array.from({ length: 25 }, (_, i) => {
      const distance = Math.abs((i % size) - Math.floor(i / size));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const expected = Array.from({ length: size }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / 6));
    expectAllClose(Array.from(symmetricSpectrum(a, size, []).values.sort()), expected, 'eigenvalues', 1e-12);
  });

  it('turns every power of the matrix into powers of the eigenvalues', () => {
    fc.assert(
      fc.property(arbitrarySymmetric, ({ a, size }) => {
        const y = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 7) % 5));
        const { values, projected } = symmetricSpectrum(a.slice(), size, [y]);
        let power: Float64Array = y;
        for (let exponent = 0; exponent <= 3; exponent++) {
          const direct = power.reduce((sum, value, i) => sum + value * y[i]!, 0);
          const bySpectrum = values.reduce(
            (sum, value, i) => sum + value ** exponent * projected[0]![i]! ** 2,
            0,
          );
          expect(Math.abs(direct - bySpectrum)).toBeLessThan(1e-9 * (1 + Math.abs(direct)) * 10 ** exponent);
          power = times(a, size, power);
        }
        const trace = Array.from({ length: size }, (_, i) => a[i * size + i]!).reduce(
          (sum, value) => sum + value,
          0,
        );
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 9);
      }),
    );
  });
});

describe('Cholesky', () => {
  it('solves quadratic forms', () => {
    // [[4, 2], [2, 3]] has the inverse [[3, -2], [-2, 4]] / 8.
    const lower = cholesky(Float64Array.from([4, 2, 2, 3]), 2);
    expectClose(squaredLength(solveLower(lower, 2, [1, 2])), (3 - 8 + 16) / 8, 'form', 1e-12);
    expect(() => cholesky(Float64Array.from([1, 2, 2, 1]), 2)).toThrow(/row 1/);
  });
});
