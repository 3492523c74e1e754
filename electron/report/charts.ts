import type { ChartOption } from '../../shared/charts/echarts.ts';
import { chartSvg } from '../../shared/charts/echarts.ts';
import { defaultCurves, curveKey } from '../../shared/charts/curve-choice.ts';
import { learningCurveOption, type CurveMeasure } from '../../shared/charts/learning-curve.ts';
import { chartPalettes } from '../../shared/charts/palette.ts';
import { rateCurvesOption, type NamedCurve } from '../../shared/charts/rate-curves.ts';
import { reliabilityOption, type ReliabilityLine } from '../../shared/charts/reliability.ts';
import type { Curve } from '../../shared/contract/index.ts';
import { html, Html } from './html.ts';
import type { ReportData } from './report-data.ts';
import type { Speech } from './say.ts';

/** The charts of the screens on white, as drawings inside the document. */

const palette = chartPalettes.light;
const size = { width: 560, height: 380 };

/** A drawing with its name for those who cannot see it. */
function drawing(option: ChartOption, label: string): Html {
  // What a mouse does to a line is no use on paper, and its names could meet those of another drawing.
  const svg = chartSvg(option, size).replace(/<style[\s\S]*?<\/style>/g, '');
  return html`<div class="drawing" role="img" aria-label="${label}">${new Html(svg)}</div>`;
}

function named(curves: readonly Curve[], data: ReportData, speech: Speech): NamedCurve[] {
  const { words, score } = speech;
  const chosen = new Set(defaultCurves(data.evaluation.roc));
  return curves
    .filter((curve) => chosen.has(curveKey(curve)) && curve.points.length > 0)
    .map((curve) => {
      const name = curve.kind === 'class' ? curve.name : words[curve.kind];
      const area = curve.interval
        ? `${score(curve.area)} (${score(curve.interval[0])}–${score(curve.interval[1])})`
        : score(curve.area);
      const own = data.colors[data.evaluation.classes.indexOf(curve.name)] ?? palette.accent;
      const average = curve.kind === 'micro' ? palette.secondary : palette.text;
      return { ...curve, label: `${name} ${area}`, color: curve.kind === 'class' ? own : average };
    });
}

export function rocDrawing(data: ReportData, speech: Speech): Html {
  const { words } = speech;
  const axes = { x: words.falsePositiveRate, y: words.truePositiveRate };
  return drawing(rateCurvesOption('roc', named(data.evaluation.roc, data, speech), palette, axes), words.roc);
}

export function precisionRecallDrawing(data: ReportData, speech: Speech): Html {
  const { words } = speech;
  const curves = named(data.evaluation.precisionRecall, data, speech);
  return drawing(rateCurvesOption('pr', curves, palette, { x: words.recall, y: words.precision }), words.pr);
}

export function reliabilityDrawing(
  { asIs, scaled }: NonNullable<ReportData['calibration']>,
  { words }: Speech,
): Html {
  const main: ReliabilityLine = { name: words.asIs, color: palette.accent, main: true, bins: asIs.bins };
  const lines: ReliabilityLine[] = scaled
    ? [{ name: words.scaled, color: palette.ready, main: false, bins: scaled.bins }, main]
    : [main];
  const axes = { x: words.confidence, y: words.rightShare };
  return drawing(reliabilityOption(lines, palette, axes), words.calibration);
}

export function learningDrawing(measure: CurveMeasure, { epochs, run }: ReportData, speech: Speech): Html {
  const { words, say } = speech;
  const isLoss = measure === 'loss';
  const option = learningCurveOption({
    measure,
    palette,
    epochs,
    training: epochs.map(({ loss, accuracy }) => (isLoss ? loss : accuracy)),
    validation: epochs.map(({ valLoss, valAccuracy }) => (isLoss ? valLoss : valAccuracy)),
    smoothing: 0,
    bestEpoch: run.bestEpoch,
    totalEpochs: epochs.length,
    words: {
      title: words[measure],
      epoch: words.epoch,
      training: words.training,
      validation: words.validation,
      best: words.best,
      stage: (n) => say(words.stage, { n }),
    },
  });
  return drawing(option, words[measure]);
}
