import fc from 'fast-check';
import type { Predictions } from '../../../electron/evaluation/predictions.ts';

/** Predictions of 2 to 6 classes with labels (some missing) and normalised probabilities, ties included. */
export const arbitraryPredictions: fc.Arbitrary<Predictions> = fc.integer({ min: 2, max: 6 }).chain((width) =>
  fc
    .array(
      fc.record({
        label: fc.integer({ min: -1, max: width - 1 }),
        weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: width, maxLength: width }),
      }),
      { maxLength: 40 },
    )
    .map((rows) => ({
      classes: Array.from({ length: width }, (_, i) => `class ${i}`),
      y: Int32Array.from(rows, ({ label }) => label),
      p: Float64Array.from(rows.flatMap(({ weights }) => normalised(weights))),
    })),
);

function normalised(weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Scores of at least one positive and one negative, on a coarse grid so that ties are common. */
export const arbitraryScores = fc
  .tuple(scoresOf(30), scoresOf(30))
  .map(([positive, negative]) => ({ positive, negative }));

function scoresOf(maxLength: number): fc.Arbitrary<Float64Array> {
  return fc
    .array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength })
    .map((values) => Float64Array.from(values, (v) => v / 20));
}
