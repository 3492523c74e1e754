import { expect, test } from 'vitest';
import { brushedLines, parallelOption, type ParallelAxis } from '../../../shared/charts/parallel.ts';
import { tradeoffOption } from '../../../shared/charts/tradeoff.ts';
import { chartPalettes } from '../../../shared/charts/palette.ts';

const axes: ParallelAxis[] = [
  { name: 'Backbone', categories: ['none', 'vgg16'], log: false },
  { name: 'Rate', categories: null, log: true },
];
const line = (name: string, values: (number | string | null)[]) => ({ name, color: '#000000', values });
const lines = [line('a', ['none', 1e-3]), line('b', ['vgg16', 1e-4]), line('c', ['vgg16', null])];

test('runs are picked where they pass through every brushed axis', () => {
  expect(brushedLines(axes, lines, new Map())).toEqual([0, 1, 2]);
  expect(brushedLines(axes, lines, new Map([[0, [[0.5, 1.5]]]]))).toEqual([1, 2]);
  expect(brushedLines(axes, lines, new Map([[1, [[1e-2, 5e-4]]]]))).toEqual([0]);
  const both = new Map<number, [number, number][]>([
    [0, [[0.6, 1]]],
    [1, [[1e-5, 1e-3]]],
  ]);
  expect(brushedLines(axes, lines, both)).toEqual([1]);
  expect(parallelOption(axes, lines, chartPalettes.dark)).toMatchObject({
    parallelAxis: [{ id: 'axis-0', type: 'category' }, { type: 'log' }],
    series: [{ data: [{ value: ['none', 1e-3] }, {}, { value: ['vgg16', '-'] }] }],
  });
});

test('the line of the front goes through what nothing beats', () => {
  const point = (accuracy: number, cost: number) => ({ name: '', color: '#000000', accuracy, cost });
  const words = { x: '', y: '', front: '', drawn: () => '' };
  const points = [point(0.9, 5), point(0.8, 1), point(0.7, 2)];
  expect(tradeoffOption(points, chartPalettes.light, words)).toMatchObject({
    series: [
      { type: 'scatter' },
      {
        data: [
          [1, 0.8],
          [5, 0.9],
        ],
      },
    ],
  });
});
