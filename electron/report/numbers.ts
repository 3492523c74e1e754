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
      <p>
        ${say(split === 'train' ? words.inShortTrain : words.inShort, { n: count(evaluation.n), split: words.splits[split], accuracy })}
      </p>
      <p>${say(words.inShortInterval, { low: percent(low), high: percent(high) })}</p>
      <p class="quiet">${words.caution}</p>
    </div>
  </section>`;
}

/** What is measured, its value, its 95 % interval, and what it means. */
type NumberRow = [
  name: string,
  value: number | null,
  interval: readonly [number, number] | null,
  meaning: string,
];

export function numbersSection({ evaluation }: ReportData, { words, say, percent, score }: Speech): Html {
  const { summary, intervals, topK } = evaluation;
  const range = (of: readonly [number, number] | null, shown: (value: number) => string): string =>
    of ? `${shown(of[0])} – ${shown(of[1])}` : '–';
  const shares: NumberRow[] = [
    [words.accuracy, summary.accuracy, evaluation.accuracyInterval, words.accuracyMeaning],
    ...topK
      .filter(({ k }) => k > 1)
      .map(({ k, value, interval }): NumberRow => [
        say(words.topK, { k }),
        value,
        interval,
        say(words.topKMeaning, { k }),
      ]),
    [
      words.balancedAccuracy,
      evaluation.balancedAccuracy,
      intervals.balancedAccuracy,
      words.balancedAccuracyMeaning,
    ],
  ];
  const scores: NumberRow[] = [
    [words.macroF1, summary.macroF1, intervals.macroF1, words.macroF1Meaning],
    [words.rocAuc, summary.rocAuc, intervals.rocAuc, words.rocAucMeaning],
    [words.mcc, evaluation.mcc, intervals.mcc, words.mccMeaning],
    [words.kappa, evaluation.kappa, intervals.kappa, words.kappaMeaning],
    [words.logLoss, summary.logLoss, intervals.logLoss, words.logLossMeaning],
    [words.brier, evaluation.brier, intervals.brier, words.brierMeaning],
  ];
  const drawn = (rows: NumberRow[], shown: (value: number) => string): Html[] =>
    rows.map(
      ([name, value, interval, meaning]) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td class="number">${value === null ? '–' : shown(value)}</td>
          <td class="number">${range(interval, shown)}</td>
          <td class="quiet">${meaning}</td>
        </tr>`,
    );
  const body = [...drawn(shares, percent), ...drawn(scores, score)];
  return html`<section>
    <h2>${words.numbers}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.measure}</th>
          <th scope="col" class="number">${words.value}</th>
          <th scope="col" class="number">${words.interval}</th>
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
