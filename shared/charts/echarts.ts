import { LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  BrushComponent,
  GraphicComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  ParallelComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

// Only what the charts draw: the whole of ECharts would be ten times as much.
use([
  LineChart,
  ParallelChart,
  ParallelComponent,
  ScatterChart,
  BrushComponent,
  GraphicComponent,
  GridComponent,
  TooltipComponent,
  MarkLineComponent,
  MarkPointComponent,
  MarkAreaComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export type ChartOption = EChartsCoreOption;

const exportSize = { width: 960, height: 600 };

/** The chart as SVG text, drawn anew at a fixed size (in pixels) and without motion. */
export function chartSvg(option: ChartOption, size: { width: number; height: number } = exportSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption({ ...option, animation: false });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
