import { LineChart } from 'echarts/charts';
import {
  GraphicComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

// Only what the charts draw: the whole of ECharts would be ten times as much.
use([
  LineChart,
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

const exportWidth = 960;
const exportHeight = 600;

/** The chart as SVG text, drawn anew at a fixed size and without motion. */
export function chartSvg(option: ChartOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: exportWidth, height: exportHeight });
  chart.setOption({ ...option, animation: false });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
