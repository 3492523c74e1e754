import type { ChartOption } from '../../shared/charts/echarts.ts';
import { axis, chartText, tooltip, type ChartPalette } from '../../shared/charts/palette.ts';

export interface ComparedLine {
  name: string;
  color: string;
  /** Epoch and value; null where there was no validation. */
  points: [number, number | null][];
}

/** One line a run, named at its end. */
export function comparedLearningOption(
  lines: ComparedLine[],
  palette: ChartPalette,
  words: { x: string; y: string },
): ChartOption {
  const longest = Math.max(2, ...lines.flatMap(({ points }) => points.map(([epoch]) => epoch)));
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 58, right: 24, top: 14, bottom: 42 },
    tooltip: tooltip(palette, {
      valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(4) : '–'),
      confine: true,
    }),
    xAxis: axis(palette, words.x, {
      min: 1,
      max: longest,
      minInterval: 1,
      nameGap: 26,
      splitLine: { show: false },
    }),
    yAxis: axis(palette, words.y, { nameGap: 42, scale: true }),
    series: lines.map(({ name, color, points }) => ({
      type: 'line',
      name,
      color,
      data: points,
      symbol: points.length === 1 ? 'circle' : 'none',
      lineStyle: { width: 2 },
      connectNulls: false,
      emphasis: { focus: 'series' },
    })),
  };
}
