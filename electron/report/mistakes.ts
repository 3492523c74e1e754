import { html, type Html } from './html.ts';
import type { ReportData } from './report-data.ts';
import type { Speech } from './say.ts';

export function mistakesSection(
  { mistakes, evaluation }: ReportData,
  pictures: readonly (string | null)[],
  { words, say, percent, count }: Speech,
): Html {
  const { total, shown } = mistakes;
  const nameOf = (index: number) => evaluation.classes[index] ?? '';
  const figures = shown.map((mistake, index) => {
    const picture = pictures[index];
    return html`<li>
      <div class="picture">
        ${picture ? html`<img src="${picture}" alt="" />` : html`<span class="quiet">${words.gone}</span>`}
      </div>
      <p><bdi>${nameOf(mistake.truth)}</bdi></p>
      <p class="quiet">
        ${words.takenFor} <bdi>${nameOf(mistake.predicted)}</bdi> ${percent(mistake.probability)}
      </p>
      <p class="tiny quiet"><bdi>${mistake.name}</bdi></p>
    </li>`;
  });
  const hint =
    total === 0
      ? words.noMistakes
      : say(words.mistakesHint, { shown: count(shown.length), total: count(total) });
  return html`<section>
    <h2>${words.mistakes}</h2>
    <p class="quiet">${hint}</p>
    <ul class="gallery">
      ${figures}
    </ul>
  </section>`;
}
