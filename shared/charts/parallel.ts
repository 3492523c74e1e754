import type { ChartOption } from './echarts.ts';
import { chartText, type ChartPalette } from './palette.ts';

/** An axis with the words of its categories, or null for one of numbers. */
export interface ParallelAxis {
  name: string;
  categories: readonly string[] | null;
  /** Numbers that span powers of ten: learning rates. */
  log: boolean;
}

export interface ParallelLine {
  name: string;
  color: string;
  values: readonly (number | string | null)[];
}

/** What is brushed on each axis, by the position of the axis: ranges of values, of positions for categories. */
export type Brushed = ReadonlyMap<number, readonly (readonly [number, number])[]>;

export const parallelAxisId = (position: number): string => `axis-${position}`;

/** Parallel coordinates (Inselberg 1985): an axis a column, a line a run. Dragging along an axis brushes it. */
export function parallelOption(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  palette: ChartPalette,
): ChartOption {
  return {
    animation: false,
    textStyle: chartText,
    parallel: { left: 60, right: 70, top: 42, bottom: 22 },
    parallelAxis: axes.map(({ name, categories, log }, dim) => ({
      id: parallelAxisId(dim),
      dim,
      name,
      nameTextStyle: { color: palette.text, fontSize: 11 },
      nameTruncate: { maxWidth: 110 },
      type: categories ? 'category' : log ? 'log' : 'value',
      ...(categories ? { data: [...categories] } : { scale: true }),
      axisLine: { lineStyle: { color: palette.secondary } },
      axisTick: { show: false },
      axisLabel: {
        color: palette.secondary,
        fontSize: 11,
        width: 90,
        overflow: 'truncate',
        backgroundColor: palette.surface,
      },
      areaSelectStyle: { color: palette.accent, borderColor: palette.accent, opacity: 0.25, width: 18 },
    })),
    series: [
      {
        type: 'parallel',
        lineStyle: { width: 1.2, opacity: lines.length > 200 ? 0.25 : 0.6 },
        inactiveOpacity: 0.04,
        activeOpacity: 0.9,
        data: lines.map(({ name, color, values }) => ({
          name,
          value: values.map((value) => value ?? '-'),
          lineStyle: { color },
        })),
      },
    ],
  };
}

/** Positions of the lines that pass through every brushed axis; all of them where nothing is brushed. */
export function brushedLines(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  brushed: Brushed,
): number[] {
  const ranges = [...brushed].filter(([, intervals]) => intervals.length > 0);
  return lines.flatMap(({ values }, index) => {
    const passes = ranges.every(([position, intervals]) => {
      const value = values[position] ?? null;
      if (value === null) return false;
      const at = axes[position]?.categories?.indexOf(String(value)) ?? Number(value);
      return intervals.some(([low, high]) => at >= Math.min(low, high) && at <= Math.max(low, high));
    });
    return passes ? [index] : [];
  });
}
