import { expect, test } from 'vitest';
import { summarizeFolds } from '../../../../electron/evaluation/significance/folds.ts';
import { summarizeRepeats } from '../../../../electron/evaluation/significance/repeats.ts';

test('the interval over folds is Student’s, its variance corrected for shared training items', () => {
  // By hand: s² = 0.00245, and t(0.975, 4) = 2.7764451052 from a table.
  const { mean, deviation, interval } = summarizeFolds([0.8, 0.9, 0.85, 0.78, 0.87]);
  expect(mean).toBeCloseTo(0.84, 12);
  expect(deviation).toBeCloseTo(Math.sqrt(0.00245), 12);
  const spread = 2.7764451052 * Math.sqrt(0.00245 * 0.45);
  expect(interval[0]).toBeCloseTo(0.84 - spread, 8);
  expect(interval[1]).toBeCloseTo(0.84 + spread, 8);
  const plain = summarizeRepeats([0.8, 0.9, 0.85, 0.78, 0.87]).interval!;
  expect(interval[0]).toBeLessThan(plain[0]);
});

test('one fold has no spread', () => {
  expect(() => summarizeFolds([0.8])).toThrow(RangeError);
});
