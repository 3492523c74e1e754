import type { LearningCurve } from '../contract/index.ts';
import type { ChartOption } from './echarts.ts';
import { axis, chartText, tooltip, type ChartPalette } from './palette.ts';

type Expected = LearningCurve['fitted'][number];

interface ForecastInput {
  curve: LearningCurve;
  palette: ChartPalette;
  words: {
    x: string;
    y: string;
    measured: string;
    expected: string;
    line: string;
    today: string;
    /** One line of the tooltip. */
    drawn: (name: string, point: Expected) => string;
  };
}

const share = (value: number): string => `${Number((100 * value).toFixed(1))} %`;

/** Accuracy by training pictures: what was measured with its intervals, the fitted curve with its band, the forecast. */
export function forecastOption({ curve, palette, words }: ForecastInput): ChartOption {
  const { measured, forecasts, fitted, trained } = curve;
  const [until, after] = [
    fitted.filter(({ items }) => items <= trained),
    fitted.filter(({ items }) => items >= trained),
  ];
  // The two halves of the line meet at the first size beyond today.
  const joined = after[0] ? [...until, after[0]] : until;
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 64, right: 44, top: 24, bottom: 44 },
    tooltip: tooltip(palette, { formatter: (hit: unknown) => told(hit, words.drawn), confine: true }),
    xAxis: axis(palette, words.x, { min: 0, max: forecasts.at(-1)?.items, nameGap: 28 }),
    yAxis: axis(palette, words.y, {
      nameGap: 48,
      scale: true,
      // A round number above the highest, but no accuracy beyond 100 %.
      max: ({ max }: { max: number }) => (max > 0.9 ? 1 : null),
      axisLabel: { color: palette.secondary, fontSize: 11, formatter: share },
    }),
    series: [
      ...band(fitted, palette.accent),
      { ...line(words.line, joined, palette.accent, 'solid'), ...todayMark(trained, words.today, palette) },
      line(words.line, after, palette.accent, 'dashed'),
      ...measured.flatMap(({ items, interval }) => whisker(items, interval, palette.text)),
      { ...dots(words.measured, measured), itemStyle: { color: palette.text } },
      {
        ...dots(words.expected, forecasts),
        itemStyle: { color: palette.surface, borderColor: palette.accent, borderWidth: 2 },
        label: {
          show: true,
          position: 'top',
          color: palette.accent,
          fontSize: 11,
          formatter: ({ value }: { value: number[] }) => share(value[1] ?? 0),
        },
      },
    ],
  };
}

/** What stands in a series: the numbers of the chart, and its interval for the tooltip. */
const values = (points: readonly Expected[]): number[][] =>
  points.map(({ items, accuracy, interval }) => [items, accuracy, ...interval]);

function told(hit: unknown, drawn: (name: string, point: Expected) => string): string {
  const hits = hit as { seriesName: string; value: number[] }[];
  const lines = hits.flatMap(({ seriesName, value: [items, accuracy, low, high] }) =>
    items === undefined || accuracy === undefined || low === undefined || high === undefined
      ? []
      : [drawn(seriesName, { items, accuracy, interval: [low, high] })],
  );
  return [...new Set(lines)].join('<br>');
}

/** From the lower end to the upper: an unseen line, and on top of it a filled one. */
function band(points: readonly Expected[], color: string): Record<string, unknown>[] {
  const layer = (data: number[][], opacity: number) => ({
    type: 'line',
    stack: 'band',
    stackStrategy: 'all',
    data,
    symbol: 'none',
    silent: true,
    color,
    lineStyle: { width: 0 },
    areaStyle: { color, opacity },
  });
  const lower = points.map(({ items, interval: [low] }) => [items, low]);
  const height = points.map(({ items, interval: [low, high] }) => [items, high - low]);
  return [layer(lower, 0), layer(height, 0.16)];
}

const line = (name: string, points: readonly Expected[], color: string, type: string) => ({
  type: 'line',
  name,
  data: values(points),
  symbol: 'none',
  color,
  lineStyle: { width: 2, type },
  emphasis: { disabled: true },
});

const dots = (name: string, points: readonly Expected[]) => ({
  type: 'scatter',
  name,
  data: values(points),
  symbolSize: 8,
  z: 4,
});

function whisker(items: number, interval: readonly number[], color: string): Record<string, unknown>[] {
  return [
    {
      type: 'line',
      data: interval.map((end) => [items, end]),
      symbol: 'none',
      silent: true,
      color,
      lineStyle: { width: 1, opacity: 0.55 },
    },
  ];
}

const todayMark = (trained: number, name: string, palette: ChartPalette) => ({
  markLine: {
    symbol: 'none',
    silent: true,
    animation: false,
    lineStyle: { color: palette.secondary, type: 'dotted' },
    label: { formatter: name, color: palette.secondary, fontSize: 11 },
    data: [{ xAxis: trained }],
  },
});
