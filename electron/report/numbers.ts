import { html, type Html } from './html.ts';
import type { ReportData } from './report-data.ts';
import type { Speech } from './say.ts';

export function summarySection(
  { evaluation, split }: ReportData,
  { words, say, percent, count }: Speech,
): Html {
  const [low, high] = evaluation.accuracyInterval;
  const accuracy = percent(evaluation.summary.accuracy);
  return html`<section class="summary">
    <p class="big">${accuracy}</p>
    <div>
      <p>${say(words.inShort, { n: count(evaluation.n), split: words.splits[split], accuracy })}</p>
      <p>${say(words.inShortInterval, { low: percent(low), high: percent(high) })}</p>
      <p class="quiet">${words.caution}</p>
    </div>
  </section>`;
}

export function numbersSection({ evaluation }: ReportData, { words, say, percent, score }: Speech): Html {
  const { summary, accuracyInterval, balancedAccuracy, mcc, kappa } = evaluation;
  const [low, high] = accuracyInterval.map(percent) as [string, string];
  const rows: [name: string, value: string, meaning: string][] = [
    [words.accuracy, percent(summary.accuracy), say(words.accuracyMeaning, { low, high })],
    [words.balancedAccuracy, percent(balancedAccuracy), words.balancedAccuracyMeaning],
    [words.macroF1, score(summary.macroF1), words.macroF1Meaning],
    [words.rocAuc, score(summary.rocAuc), words.rocAucMeaning],
    [words.mcc, score(mcc), words.mccMeaning],
    [words.kappa, score(kappa), words.kappaMeaning],
    [words.logLoss, score(summary.logLoss), words.logLossMeaning],
  ];
  const body = rows.map(
    ([name, value, meaning]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class="number">${value}</td>
        <td class="quiet">${meaning}</td>
      </tr>`,
  );
  return html`<section>
    <h2>${words.numbers}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.measure}</th>
          <th scope="col" class="number">${words.value}</th>
          <th scope="col">${words.meaning}</th>
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </section>`;
}

export function classSection({ evaluation }: ReportData, { words, score, count }: Speech): Html {
  const row = (name: string, one: ReportData['evaluation']['report'][number]) =>
    html`<tr>
      <th scope="row"><bdi>${name}</bdi></th>
      <td class="number">${score(one.precision)}</td>
      <td class="number">${score(one.recall)}</td>
      <td class="number">${score(one.f1)}</td>
      <td class="number">${count(one.support)}</td>
    </tr>`;
  const averages = evaluation.averages.map((one) => row(averageName(one.name, words), one));
  return html`<section>
    <h2>${words.report}</h2>
    <p class="quiet">${words.reportHint}</p>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.class}</th>
          <th scope="col" class="number">${words.precision}</th>
          <th scope="col" class="number">${words.recall}</th>
          <th scope="col" class="number">${words.f1}</th>
          <th scope="col" class="number">${words.count}</th>
        </tr>
      </thead>
      <tbody>
        ${evaluation.report.map((one) => row(one.name, one))}
      </tbody>
      <tfoot>
        ${averages}
      </tfoot>
    </table>
  </section>`;
}

function averageName(name: string, words: Speech['words']): string {
  return name === 'macro' || name === 'micro' || name === 'weighted' ? words[name] : name;
}
