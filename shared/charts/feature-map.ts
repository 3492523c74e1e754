import type { ChartOption } from './echarts.ts';
import { chartText, type ChartPalette } from './palette.ts';

export interface MapGroup {
  name: string;
  color: string;
  /** Told apart by shape as well as by colour. */
  symbol: string;
  points: readonly (readonly [x: number, y: number])[];
}

/** Shapes in the order of the groups; colour is never alone. */
export const mapSymbols = ['circle', 'triangle', 'rect', 'diamond', 'roundRect', 'pin', 'arrow'] as const;

const symbolSize = 6;

/** Features in the plane, one series a group. UMAP's axes have no unit and no meaning, so neither map has ticks. */
export function featureMapOption(
  groups: readonly MapGroup[],
  palette: ChartPalette,
  words: { x: string; y: string },
): ChartOption {
  const bare = (name: string) => ({
    type: 'value',
    scale: true,
    name,
    nameLocation: 'middle',
    nameGap: 8,
    nameTextStyle: { color: palette.secondary },
    axisLabel: { show: false },
    axisTick: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.border } },
    splitLine: { show: false },
  });
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 28, right: 14, top: 12, bottom: 28 },
    brush: {
      brushMode: 'single',
      brushStyle: { color: 'transparent', borderColor: palette.accent, borderWidth: 1.5 },
      outOfBrush: { colorAlpha: 0.25 },
      throttleType: 'debounce',
      throttleDelay: 120,
    },
    // The brush brings a row of buttons of its own; the lasso is always at hand instead.
    toolbox: { show: false },
    xAxis: bare(words.x),
    yAxis: bare(words.y),
    series: groups.map(({ name, color, symbol, points }) => ({
      type: 'scatter',
      name,
      color,
      symbol,
      symbolSize,
      data: points,
      itemStyle: { opacity: 0.8 },
    })),
  };
}
