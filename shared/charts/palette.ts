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

/** The tokens of the two themes as the charts need them: canvas knows no CSS variables, and neither does a report. */
export const chartPalettes: Record<'light' | 'dark', ChartPalette> = {
  dark: {
    text: '#e6e8ec',
    secondary: '#a4abb8',
    border: '#2f3440',
    surface: '#1d2026',
    raised: '#252932',
    accent: '#5b8def',
    ready: '#4cc38a',
    attention: '#e5b44b',
    failed: '#f2777a',
    train: '#8b94a5',
    validation: '#5b8def',
  },
  light: {
    text: '#1b1f27',
    secondary: '#5a6270',
    border: '#e1e5eb',
    surface: '#ffffff',
    raised: '#f2f4f7',
    accent: '#2f66d0',
    ready: '#17784d',
    attention: '#8f5f00',
    failed: '#c0343a',
    train: '#6b7484',
    validation: '#2f66d0',
  },
};

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
