import { learningDrawing, precisionRecallDrawing, reliabilityDrawing, rocDrawing } from './charts.ts';
import { html, nothing, type Html } from './html.ts';
import type { ReportData } from './report-data.ts';
import { points, type Speech } from './say.ts';

/** Half a point: what lies closer together is the same to a person. */
const noticeable = 0.005;

export function curvesSection(data: ReportData, speech: Speech): Html {
  const { words, score } = speech;
  const rows = data.evaluation.roc.map((curve) => {
    const name = curve.kind === 'class' ? curve.name : words[curve.kind];
    const interval = curve.interval ? `${score(curve.interval[0])} – ${score(curve.interval[1])}` : '–';
    return html`<tr>
      <th scope="row"><bdi>${name}</bdi></th>
      <td class="number">${score(curve.area)}</td>
      <td class="number">${interval}</td>
    </tr>`;
  });
  return html`<section>
    <h2>${words.curves}</h2>
    <p class="quiet">${words.rocHint}</p>
    <div class="pair">
      <figure>
        <figcaption>${words.roc}</figcaption>
        ${rocDrawing(data, speech)}
      </figure>
      <figure>
        <figcaption>${words.pr}</figcaption>
        ${precisionRecallDrawing(data, speech)}
      </figure>
    </div>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.roc}</th>
          <th scope="col" class="number">${words.area}</th>
          <th scope="col" class="number">${words.interval}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

export function calibrationSection({ calibration }: ReportData, speech: Speech): Html {
  if (!calibration) return nothing;
  const { words, say, count } = speech;
  const { asIs, scaled } = calibration;
  const [low, high] = asIs.interval;
  const direction = asIs.overconfidence > 0 ? words.calibrationOver : words.calibrationUnder;
  const lean = Math.abs(asIs.overconfidence);
  const fit = scaled && {
    temperature: scaled.temperature.toFixed(2),
    n: count(scaled.fittedOn),
    ece: points(scaled.ece),
  };
  const facts = [
    say(words.calibrationEce, { ece: points(asIs.ece), low: points(low), high: points(high) }),
    ...(lean < noticeable ? [] : [say(direction, { points: points(lean) })]),
    ...(fit ? [say(words.calibrationScaled, fit)] : []),
  ];
  return html`<section>
    <h2>${words.calibration}</h2>
    <div class="pair">
      <figure>${reliabilityDrawing(calibration, speech)}</figure>
      <div>
        ${facts.map((fact) => html`<p>${fact}</p>`)}
        <p class="quiet">${words.calibrationHint}</p>
      </div>
    </div>
  </section>`;
}

export function learningSection(data: ReportData, speech: Speech): Html {
  if (data.epochs.length === 0) return nothing;
  const { words } = speech;
  return html`<section>
    <h2>${words.learning}</h2>
    <p class="quiet">${words.learningHint}</p>
    <div class="pair">
      <figure>
        <figcaption>${words.loss}</figcaption>
        ${learningDrawing('loss', data, speech)}
      </figure>
      <figure>
        <figcaption>${words.accuracy}</figcaption>
        ${learningDrawing('accuracy', data, speech)}
      </figure>
    </div>
  </section>`;
}

export function comparisonSection({ comparison }: ReportData, speech: Speech): Html {
  const pair = comparison?.pairs[0];
  if (!comparison || !pair) return nothing;
  const { words, say, percent, count } = speech;
  const { runs, n, split } = comparison;
  const rows = runs.map(
    (run) =>
      html`<tr>
        <th scope="row">${run.number} · <bdi>${run.name}</bdi></th>
        <td class="number">${percent(run.accuracy)}</td>
        <td class="number">${percent(run.interval[0])} – ${percent(run.interval[1])}</td>
        <td class="number">${run.logLoss.toFixed(4)}</td>
      </tr>`,
  );
  return html`<section>
    <h2>${words.comparison}</h2>
    <p class="quiet">${say(words.comparisonHint, { n: count(n), split: words.splits[split] })}</p>
    <p class="verdict">${verdict(comparison, pair, speech)}</p>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.run}</th>
          <th scope="col" class="number">${words.accuracy}</th>
          <th scope="col" class="number">${words.interval}</th>
          <th scope="col" class="number">${words.logLoss}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

type Comparison = NonNullable<ReportData['comparison']>;

/** No winner without evidence. */
function verdict(
  { runs, n }: Comparison,
  pair: Comparison['pairs'][number],
  { words, say, count }: Speech,
): string {
  const [first, second] = [runs[pair.first]?.name ?? '', runs[pair.second]?.name ?? ''];
  const p = pair.adjustedP < 0.001 ? '< 0.001' : pair.adjustedP.toFixed(3);
  const [low, high] = pair.interval;
  if (pair.verdict === 'unproven') {
    const range = { points: points(pair.difference), low: points(low), high: points(high), p };
    const detectable =
      pair.detectable === null
        ? ''
        : ` ${say(words.detectable, { n: count(n), points: points(pair.detectable) })}`;
    return say(words.unproven, range) + detectable;
  }
  return pair.verdict === 'second-better'
    ? say(words.better, {
        better: second,
        worse: first,
        points: points(pair.difference),
        low: points(low),
        high: points(high),
        p,
      })
    : say(words.better, {
        better: first,
        worse: second,
        points: points(-pair.difference),
        low: points(-high),
        high: points(-low),
        p,
      });
}
