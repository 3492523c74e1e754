import { expect, test } from 'vitest';
import {
  countsAt,
  indexOfThreshold,
  shareText,
} from '../../../renderer/components/decision/threshold-counts.ts';

test('a threshold is told by its confusion, its shares with Wilson intervals and its cost per 100 images', () => {
  const told = countsAt([36, 4], { positives: 40, negatives: 160 }, { falsePositive: 1, falseNegative: 5 });
  expect(told).toEqual({
    confusion: [36, 4, 4, 156],
    precision: '0.90 (0.77–0.96)',
    recall: '0.90 (0.77–0.96)',
    f1: '0.900',
    cost: '12.0',
  });
  expect(shareText(0, 0)).toBe('–');
  expect(shareText(0, 10)).toBe('0.00 (0.00–0.28)');
});

test('a threshold stands where the strictest that is not below it does', () => {
  const points = [1.9, 0.8, 0.4].map((threshold) => ({
    threshold,
    validation: null,
    judged: [0, 0] as [number, number],
  }));
  expect(indexOfThreshold(points, 0.8)).toBe(1);
  expect(indexOfThreshold(points, 0.5)).toBe(1);
  expect(indexOfThreshold(points, 3)).toBe(0);
});
