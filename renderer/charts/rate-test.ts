import type { RateCurve } from '../../shared/contract/index.ts';
import { rate } from '../format.ts';
import type { ChartOption } from '../../shared/charts/echarts.ts';
import { axis, chartText, tooltip, type ChartPalette } from '../../shared/charts/palette.ts';

const logAxis = (palette: ChartPalette): Record<string, unknown> => ({
  type: 'log',
  nameGap: 26,
  splitLine: { show: false },
  axisLabel: { color: palette.secondary, fontSize: 11, hideOverlap: true, formatter: rate },
});

/** Loss against the learning rate, which rises by powers of ten; the suggestion is marked. */
export function rateTestOption(
  curve: RateCurve,
  palette: ChartPalette,
  words: { x: string; y: string },
): ChartOption {
  const bounds = [Math.min(...curve.losses), Math.max(...curve.losses)];
  const suggestion = {
    type: 'line',
    data: curve.suggestion === null ? [] : bounds.map((loss) => [curve.suggestion, loss]),
    symbol: 'none',
    silent: true,
    color: palette.ready,
    lineStyle: { width: 1.5, type: 'dashed' },
    tooltip: { show: false },
  };
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 56, right: 16, top: 14, bottom: 42 },
    tooltip: tooltip(palette, {
      valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(4) : '–'),
    }),
    xAxis: axis(palette, words.x, logAxis(palette)),
    yAxis: axis(palette, words.y, { nameGap: 40, scale: true }),
    series: [
      {
        type: 'line',
        data: curve.rates.map((tried, index) => [tried, curve.losses[index] ?? null]),
        symbol: 'none',
        color: palette.accent,
        lineStyle: { width: 2 },
      },
      suggestion,
    ],
  };
}
