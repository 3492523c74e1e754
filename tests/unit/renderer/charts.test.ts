import { describe, expect, it } from 'vitest';
import type { Curve, Epoch } from '../../../shared/contract/index.ts';
import { chartSvg } from '../../../shared/charts/echarts.ts';
import { smoothed, stageStarts } from '../../../shared/charts/learning-curve.ts';
import type { ChartPalette } from '../../../shared/charts/palette.ts';
import { rateCurvesOption, thinned } from '../../../shared/charts/rate-curves.ts';
import { csv } from '../../../shared/table.ts';
import { defaultCurves } from '../../../shared/charts/curve-choice.ts';

const epoch = (number: number, stage: number): Epoch => ({
  epoch: number,
  stage,
  loss: 1,
  accuracy: 0.5,
  valLoss: 1,
  valAccuracy: 0.5,
  learningRate: 0.001,
  seconds: 1,
});
const curve = (name: string, kind: Curve['kind'], area: number): Curve => ({
  name,
  kind,
  area,
  interval: null,
  points: [],
});

describe('smoothing', () => {
  it('leaves values alone at weight 0 and a constant alone at any weight', () => {
    expect(smoothed([3, 1, 2], 0)).toEqual([3, 1, 2]);
    expect(smoothed([5, 5, 5], 0.9).map((value) => value?.toFixed(9))).toEqual(Array(3).fill('5.000000000'));
  });

  it('starts at the first value, follows slowly, and keeps gaps', () => {
    const [first, gap, third] = smoothed([1, null, 3], 0.5);
    expect(first).toBe(1);
    expect(gap).toBeNull();
    // (0.5 * 0.5 * 1 + 0.5 * 3) / (1 - 0.25)
    expect(third).toBeCloseTo(7 / 3, 12);
  });
});

describe('charts', () => {
  it('mark the boundary between stages between their epochs', () => {
    expect(stageStarts([epoch(1, 0), epoch(2, 0), epoch(3, 1)])).toEqual([{ after: 2.5, stage: 1 }]);
  });

  it('thin long curves and keep both ends', () => {
    const points = Array.from({ length: 5000 }, (_, index) => index);
    const thin = thinned(points, 100);
    expect(thin).toHaveLength(100);
    expect([thin[0], thin.at(-1)]).toEqual([0, 4999]);
    expect(thinned([1, 2], 100)).toEqual([1, 2]);
  });

  it('show one curve for two classes, averages and the weakest for many', () => {
    const pair = [curve('cat', 'class', 0.9), curve('dog', 'class', 0.9), curve('micro', 'micro', 0.9)];
    expect(defaultCurves(pair)).toEqual(['class:dog']);
    const many = Array.from({ length: 20 }, (_, index) => curve(`c${index}`, 'class', 0.5 + index / 100));
    const chosen = defaultCurves([...many, curve('micro', 'micro', 0.6), curve('macro', 'macro', 0.6)]);
    expect(chosen).toEqual(['micro:micro', 'macro:macro', 'class:c0', 'class:c1', 'class:c2', 'class:c3']);
  });

  it('copy as CSV with commas, quotes and line breaks quoted', () => {
    const table = {
      columns: ['name', 'n'],
      rows: [
        ['a, "b"', 1],
        ['c\nd', null],
      ],
    };
    expect(csv(table)).toBe('name,n\r\n"a, ""b""",1\r\n"c\nd",');
  });

  it('are saved as SVG that is well-formed, whatever a class is called', () => {
    const palette = new Proxy({} as ChartPalette, { get: () => '#123456' });
    const named = { ...curve('a<b>&"c"', 'class', 0.9), label: 'a<b>&"c" 0.900', color: '#E69F00' };
    const points: [number, number][] = [
      [0, 0],
      [1, 1],
    ];
    const svg = chartSvg(rateCurvesOption('roc', [{ ...named, points }], palette, { x: 'x', y: 'y' }));
    const tag = /<\/?[\w:-]+(\s+[\w:-]+="[^"<>]*")*\s*\/?>/g;
    expect(svg).toContain('<svg');
    expect(svg.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '').replace(tag, '')).not.toMatch(/[<>]/);
  });
});
