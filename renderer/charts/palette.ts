import { computed, type ComputedRef } from 'vue';
import { useTheme } from 'vuetify';

export interface ChartPalette {
  text: string;
  secondary: string;
  border: string;
  surface: string;
  raised: string;
  accent: string;
  ready: string;
  attention: string;
  failed: string;
  /** Training and validation lines. */
  train: string;
  validation: string;
}

/** The tokens as the charts need them: canvas knows no CSS variables. They follow the theme. */
export function useChartPalette(): ComputedRef<ChartPalette> {
  const theme = useTheme();
  return computed(() => {
    const dark = theme.global.current.value.dark;
    return {
      text: dark ? '#e6e8ec' : '#1b1f27',
      secondary: dark ? '#a4abb8' : '#5a6270',
      border: dark ? '#2f3440' : '#e1e5eb',
      surface: dark ? '#1d2026' : '#ffffff',
      raised: dark ? '#252932' : '#f2f4f7',
      accent: dark ? '#5b8def' : '#2f66d0',
      ready: dark ? '#4cc38a' : '#17784d',
      attention: dark ? '#e5b44b' : '#8f5f00',
      failed: dark ? '#f2777a' : '#c0343a',
      train: dark ? '#8b94a5' : '#6b7484',
      validation: dark ? '#5b8def' : '#2f66d0',
    };
  });
}

const fontSize = 11;

/** The family of the page (tokens.css), spelled out: canvas does not inherit. Single quotes, because it lands in an SVG attribute. */
export const chartText = {
  fontFamily:
    "-apple-system, BlinkMacSystemFont, 'Segoe UI', Cantarell, Ubuntu, Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Liberation Sans', sans-serif",
};

/** An axis with its name and few lines. */
export function axis(
  palette: ChartPalette,
  name: string,
  extra: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: palette.secondary, fontSize },
    axisLabel: { color: palette.secondary, fontSize, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: palette.border } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.border, opacity: 0.6 } },
    splitNumber: 4,
    ...extra,
  };
}

export function tooltip(palette: ChartPalette, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    trigger: 'axis',
    backgroundColor: palette.raised,
    borderColor: palette.border,
    textStyle: { color: palette.text, fontSize: 12 },
    padding: [6, 10],
    transitionDuration: 0,
    axisPointer: { lineStyle: { color: palette.secondary, width: 1, type: 'solid' } },
    ...extra,
  };
}

/** The line from (0, 0) to (1, 1): chance in a ROC, a model as right as it claims in a reliability diagram. */
export function diagonal(palette: ChartPalette): Record<string, unknown> {
  return {
    type: 'line',
    data: [
      [0, 0],
      [1, 1],
    ],
    symbol: 'none',
    silent: true,
    color: palette.secondary,
    lineStyle: { width: 1, type: 'dotted' },
    tooltip: { show: false },
  };
}
