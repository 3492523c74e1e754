import { paretoFront } from '../pareto.ts';
import type { ChartOption } from './echarts.ts';
import { axis, chartText, tooltip, type ChartPalette } from './palette.ts';

export interface TradeoffPoint {
  name: string;
  color: string;
  /** Share of validation items that were right. */
  accuracy: number;
  cost: number;
}

/** Accuracy against what it costs, with the line of those that nothing beats. */
export function tradeoffOption(
  points: readonly TradeoffPoint[],
  palette: ChartPalette,
  words: { x: string; y: string; front: string; drawn: (point: TradeoffPoint) => string },
): ChartOption {
  const front = paretoFront(points.map(({ accuracy, cost }) => ({ gain: accuracy, cost })));
  const place = ({ cost, accuracy }: TradeoffPoint): [number, number] => [cost, accuracy];
  const onFront = new Set(front);
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 60, right: 20, top: 18, bottom: 44 },
    tooltip: tooltip(palette, {
      trigger: 'item',
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const point = points[dataIndex];
        return point ? words.drawn(point) : '';
      },
    }),
    xAxis: axis(palette, words.x, { nameGap: 28, scale: true }),
    yAxis: axis(palette, words.y, { nameGap: 42, scale: true }),
    series: [
      {
        type: 'scatter',
        data: points.map((point, index) => ({
          value: place(point),
          symbolSize: onFront.has(index) ? 11 : 7,
          itemStyle: {
            color: point.color,
            opacity: onFront.has(index) ? 1 : 0.55,
            borderColor: onFront.has(index) ? palette.text : 'transparent',
          },
        })),
      },
      {
        type: 'line',
        name: words.front,
        data: front.map((index) => place(points[index]!)),
        step: 'end',
        symbol: 'none',
        silent: true,
        tooltip: { show: false },
        lineStyle: { color: palette.accent, width: 1.5, type: 'dashed' },
      },
    ],
  };
}
