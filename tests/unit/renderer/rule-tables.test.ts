import { expect, test } from 'vitest';
import { setSizeTable, thresholdTable } from '../../../renderer/components/results/rule-tables.ts';

const key = (name: string): string => name.split('.')[1]!;

test('every threshold is a row with its counts and shares on both sides; nothing called it has no precision', () => {
  const sweep = {
    class: 1,
    validation: { positives: 4, negatives: 6 },
    judged: { positives: 10, negatives: 20 },
    points: [
      { threshold: 1.9, validation: [0, 0] as [number, number], judged: [0, 0] as [number, number] },
      { threshold: 0.5, validation: [3, 1] as [number, number], judged: [8, 2] as [number, number] },
    ],
  };
  const both = thresholdTable(sweep, 'Test', key);
  expect(both.columns).toHaveLength(9);
  expect(both.columns[5]).toBe('hits, Test');
  expect(both.rows).toEqual([
    [1.9, 0, 0, null, 0, 0, 0, null, 0],
    [0.5, 3, 1, 0.75, 0.75, 8, 2, 0.8, 0.8],
  ]);
  expect(thresholdTable({ ...sweep, validation: null }, 'Test', key).rows[1]).toEqual([0.5, 8, 2, 0.8, 0.8]);
});

test('sizes of prediction sets are told with their shares, those that do not occur left out', () => {
  const rule = { method: 'lac' as const, coverage: 0.9, threshold: 0.5, items: 40 };
  const coverage = { value: 0.9, count: 36, total: 40, interval: [0.8, 0.95] as [number, number] };
  const report = { rule, coverage, meanSize: 1.5, sizes: [2, 26, 0, 12] };
  expect(setSizeTable(report, key).rows).toEqual([
    [0, 2, 0.05],
    [1, 26, 0.65],
    [3, 12, 0.3],
  ]);
  expect(setSizeTable(null, key).rows).toEqual([]);
});
