import type { ReliabilityResult } from '../contract/index.ts';
import type { ChartOption } from './echarts.ts';
import { axis, chartText, diagonal, tooltip, type ChartPalette } from './palette.ts';

export interface ReliabilityLine {
  name: string;
  color: string;
  /** The main line is thick and has the intervals; the other is there to compare. */
  main: boolean;
  bins: ReliabilityResult['bins'];
}

const largestSymbol = 16;
const smallestSymbol = 5;

/** Accuracy against confidence with the diagonal of a model that is right as often as it claims; larger dots hold more. */
export function reliabilityOption(
  lines: ReliabilityLine[],
  palette: ChartPalette,
  words: { x: string; y: string },
): ChartOption {
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 56, right: 16, top: 14, bottom: 42 },
    tooltip: tooltip(palette, {
      valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '–'),
      confine: true,
    }),
    xAxis: axis(palette, words.x, { min: 0, max: 1, splitNumber: 5, nameGap: 26 }),
    yAxis: axis(palette, words.y, { min: 0, max: 1, splitNumber: 5, nameGap: 38 }),
    series: [diagonal(palette), ...lines.flatMap((line) => seriesOf(line))],
  };
}

function seriesOf({ name, color, main, bins }: ReliabilityLine): Record<string, unknown>[] {
  const filled = bins.filter(({ confidence, accuracy }) => confidence !== null && accuracy !== null);
  const most = Math.max(1, ...filled.map(({ count }) => count));
  const points = filled.map(({ confidence, accuracy, count }) => ({
    value: [confidence, accuracy],
    symbolSize: Math.max(smallestSymbol, largestSymbol * Math.sqrt(count / most)),
  }));
  const line = {
    type: 'line',
    name,
    color,
    data: points,
    symbol: 'circle',
    lineStyle: { width: main ? 2 : 1.25, type: main ? 'solid' : 'dashed' },
    itemStyle: main ? {} : { color: 'transparent', borderColor: color, borderWidth: 1.5 },
    emphasis: { disabled: true },
  };
  return main ? [...filled.flatMap((bin) => intervalOf(bin, color)), line] : [line];
}

/** The 95 % interval of a bin's accuracy, as a thin upright line. */
function intervalOf(
  { confidence, interval }: ReliabilityResult['bins'][number],
  color: string,
): Record<string, unknown>[] {
  if (confidence === null || interval === null) return [];
  return [
    {
      type: 'line',
      data: interval.map((end) => [confidence, end]),
      symbol: 'none',
      silent: true,
      color,
      lineStyle: { width: 1, opacity: 0.55 },
      tooltip: { show: false },
    },
  ];
}
