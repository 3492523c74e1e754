import { expect, test } from 'vitest';
import { decidedClass } from '../../../shared/decision.ts';

test('without a rule the most probable class is decided on, of equal ones the first', () => {
  expect(decidedClass([0.2, 0.5, 0.3], null)).toBe(1);
  expect(decidedClass([0.4, 0.4, 0.2], null)).toBe(0);
});

test('a class is decided on from its threshold on, and not below it', () => {
  const rule = { class: 2, threshold: 0.3 };
  expect(decidedClass([0.2, 0.5, 0.3], rule)).toBe(2);
  expect(decidedClass([0.2, 0.51, 0.29], rule)).toBe(1);
  expect(decidedClass([0.05, 0.1, 0.85], { class: 2, threshold: 0.9 })).toBe(1);
  expect(decidedClass([0.4, 0.6], { class: 0, threshold: 0.5 })).toBe(1);
});
