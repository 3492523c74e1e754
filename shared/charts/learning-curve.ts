import type { Epoch } from '../contract/index.ts';
import type { ChartOption } from './echarts.ts';
import { axis, chartText, tooltip, type ChartPalette } from './palette.ts';

export type CurveMeasure = 'loss' | 'accuracy';

interface CurveInput {
  measure: CurveMeasure;
  palette: ChartPalette;
  epochs: Epoch[];
  training: number[];
  validation: (number | null)[];
  /** 0 draws the values as they are; towards 1 the line follows ever more slowly. */
  smoothing: number;
  bestEpoch: number | null;
  totalEpochs: number;
  words: {
    title: string;
    epoch: string;
    training: string;
    validation: string;
    best: string;
    stage: (n: number) => string;
  };
}

/**
 * Exponential moving average with the bias correction of Kingma & Ba (2015), as TensorBoard smooths.
 * Gaps stay gaps.
 */
export function smoothed(values: (number | null)[], weight: number): (number | null)[] {
  let mean = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = weight * mean + (1 - weight) * value;
    seen++;
    return mean / (1 - weight ** seen);
  });
}

/** Epochs after which a new stage begins, with the number of the stage that begins. */
export function stageStarts(epochs: Epoch[]): { after: number; stage: number }[] {
  return epochs.flatMap((row, index) => {
    const before = epochs[index - 1];
    return before && before.stage !== row.stage ? [{ after: before.epoch + 0.5, stage: row.stage }] : [];
  });
}

function points(epochs: Epoch[], values: (number | null)[]): (number | null)[][] {
  return epochs.map((row, index) => [row.epoch, values[index] ?? null]);
}

function line(
  name: string,
  data: (number | null)[][],
  color: string,
  width: number,
): Record<string, unknown> {
  return {
    type: 'line',
    name,
    data,
    symbol: data.length === 1 ? 'circle' : 'none',
    symbolSize: 5,
    color,
    lineStyle: { width },
    connectNulls: false,
    endLabel: { show: data.length > 0, formatter: '{a}', color, fontSize: 11, distance: 6 },
    emphasis: { disabled: true },
  };
}

/** Raw points, faint, under a smoothed line. */
function rawPoints(data: (number | null)[][], color: string): Record<string, unknown> {
  return {
    type: 'line',
    data,
    symbol: 'none',
    silent: true,
    color,
    lineStyle: { width: 1, opacity: 0.3 },
    tooltip: { show: false },
  };
}

function marks(input: CurveInput): Record<string, unknown> {
  const { palette, words, bestEpoch } = input;
  const stages = stageStarts(input.epochs).map(({ after, stage }) => ({
    xAxis: after,
    lineStyle: { color: palette.secondary, type: 'dashed' },
    label: {
      formatter: words.stage(stage + 1),
      color: palette.secondary,
      fontSize: 11,
      position: 'insideEndTop',
      rotate: 0,
      distance: [4, 4],
    },
  }));
  const index = input.epochs.findIndex((row) => row.epoch === bestEpoch);
  const value = input.validation[index] ?? null;
  const best = { coord: [bestEpoch, value], value: words.best };
  return {
    markLine: { symbol: 'none', silent: true, animation: false, data: stages },
    markPoint: {
      symbol: 'circle',
      symbolSize: 9,
      silent: true,
      animation: false,
      itemStyle: { color: palette.surface, borderColor: palette.ready, borderWidth: 2.5 },
      label: {
        formatter: words.best,
        color: palette.ready,
        fontSize: 11,
        position: input.measure === 'loss' ? 'bottom' : 'top',
        distance: 6,
      },
      data: index >= 0 && value !== null ? [best] : [],
    },
  };
}

/** Training thin, validation thick, the best epoch and the stage boundaries marked. */
export function learningCurveOption(input: CurveInput): ChartOption {
  const { palette, words, smoothing, epochs } = input;
  const hasValidation = input.validation.some((value) => value !== null);
  const raw = smoothing > 0;
  const digits = input.measure === 'loss' ? 3 : 4;
  return {
    animation: false,
    textStyle: chartText,
    grid: { left: 58, right: 78, top: 22, bottom: 38 },
    tooltip: tooltip(palette, {
      valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(digits) : '–'),
    }),
    xAxis: axis(palette, words.epoch, {
      min: 1,
      max: Math.max(2, input.totalEpochs, epochs.at(-1)?.epoch ?? 0),
      minInterval: 1,
      nameGap: 24,
      splitLine: { show: false },
    }),
    yAxis: axis(palette, words.title, {
      nameGap: 42,
      scale: input.measure === 'accuracy',
      min: input.measure === 'loss' ? 0 : undefined,
    }),
    series: [
      ...(raw ? [rawPoints(points(epochs, input.training), palette.train)] : []),
      ...(raw && hasValidation ? [rawPoints(points(epochs, input.validation), palette.validation)] : []),
      {
        ...line(words.training, points(epochs, smoothed(input.training, smoothing)), palette.train, 1.25),
        ...(hasValidation ? {} : marks(input)),
      },
      ...(hasValidation
        ? [
            {
              ...line(
                words.validation,
                points(epochs, smoothed(input.validation, smoothing)),
                palette.validation,
                2.75,
              ),
              ...marks(input),
            },
          ]
        : []),
    ],
  };
}
