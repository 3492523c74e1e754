import type { Curve } from '../contract/index.ts';
import type { ChartOption } from './echarts.ts';
import { axis, chartText, diagonal, tooltip, type ChartPalette } from './palette.ts';

export interface NamedCurve extends Curve {
  /** Name and area, as it stands beside the line. */
  label: string;
  color: string;
}

/** Beyond so many curves the labels would cover each other; the tooltip names them then. */
const labelledCurves = 6;
/** More points than a chart has pixels are not seen: thinned evenly, ends kept. */
const mostPoints = 800;

export function thinned<T>(points: T[], most: number = mostPoints): T[] {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * step)] as T);
}

function labelAt(index: number, kind: 'roc' | 'pr'): Record<string, unknown> {
  const lineHeight = 16;
  return { left: kind === 'roc' ? '42%' : 68, bottom: 54 + index * lineHeight };
}

/** The labels stand in a corner the curves leave free, each in its line's colour. */
function legend(curves: NamedCurve[], kind: 'roc' | 'pr', palette: ChartPalette): Record<string, unknown>[] {
  return curves.slice(0, labelledCurves).map((curve, index) => ({
    type: 'group',
    ...labelAt(Math.min(curves.length, labelledCurves) - 1 - index, kind),
    children: [
      {
        type: 'rect',
        shape: { x: 0, y: 5, width: 12, height: curve.kind === 'class' ? 2 : 3 },
        style: { fill: curve.color },
      },
      {
        type: 'text',
        left: 18,
        style: { text: curve.label, fill: palette.text, fontSize: 11, ...chartText },
      },
    ],
  }));
}

/** ROC with its diagonal of chance, or precision against recall. */
export function rateCurvesOption(
  kind: 'roc' | 'pr',
  curves: NamedCurve[],
  palette: ChartPalette,
  words: { x: string; y: string },
): ChartOption {
  const range = { min: 0, max: 1, splitNumber: 5 };
  const lines = curves.map((curve) => ({
    type: 'line',
    name: curve.label,
    data: thinned(curve.points),
    symbol: 'none',
    color: curve.color,
    lineStyle: {
      width: curve.kind === 'class' ? 1.75 : 2.5,
      type: curve.kind === 'micro' ? 'dashed' : 'solid',
    },
    emphasis: { focus: 'series', lineStyle: { width: 3 } },
    triggerEvent: 'line',
  }));
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 56, right: 16, top: 14, bottom: 42 },
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: { type: 'line', snap: false, lineStyle: { color: palette.border } },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '–'),
      order: 'valueDesc',
      confine: true,
    }),
    xAxis: axis(palette, words.x, { ...range, nameGap: 26 }),
    yAxis: axis(palette, words.y, { ...range, nameGap: 38 }),
    graphic: legend(curves, kind, palette),
    series: kind === 'roc' ? [diagonal(palette), ...lines] : lines,
  };
}
