import { html, Html, nothing } from './html.ts';
import type { ReportData } from './report-data.ts';
import type { Speech } from './say.ts';

/** Beyond so many classes a table is wider than paper. */
const mostInTable = 12;
const mostPairs = 15;
/** Blue where it is right, orange where it is wrong, the deeper the larger the share of the row. */
const shades = { right: '47,102,208', wrong: '213,94,0' };

/** Words stay readable on the deepest shade, in either theme. */
const deepest = 0.55;

const shade = (share: number, isRight: boolean): string =>
  `rgba(${isRight ? shades.right : shades.wrong},${(share * deepest).toFixed(3)})`;

export function confusionSection({ evaluation }: ReportData, speech: Speech): Html {
  const { words, say, count } = speech;
  const { classes, confusion } = evaluation;
  const many = classes.length > mostInTable;
  return html`<section>
    <h2>${words.confusion}</h2>
    <p class="quiet">
      ${words.confusionHint} ${many ? say(words.confusionMany, { n: count(classes.length) }) : ''}
    </p>
    ${many ? matrixDrawing(confusion, words.confusion) : matrixTable(classes, confusion, speech)}
    ${pairsTable(evaluation, speech)}
  </section>`;
}

function matrixTable(classes: readonly string[], rows: readonly number[][], { words, count }: Speech): Html {
  const head = classes.map((name) => html`<th scope="col"><bdi>${name}</bdi></th>`);
  const body = rows.map((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, predicted) => {
      const share = total === 0 ? 0 : n / total;
      const style = `background:${shade(share, truth === predicted)}`;
      return html`<td class="number" style="${style}">${count(n)}</td>`;
    });
    return html`<tr>
      <th scope="row"><bdi>${classes[truth] ?? ''}</bdi></th>
      ${cells}
    </tr>`;
  });
  return html`<table class="matrix">
    <thead>
      <tr>
        <th>${words.truth} ↓ ${words.predicted} →</th>
        ${head}
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table>`;
}

function matrixDrawing(rows: readonly number[][], label: string): Html {
  const n = rows.length;
  const side = 600;
  const cell = side / n;
  const cells = rows.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) => {
      if (count === 0) return [];
      const at = `x="${(predicted * cell).toFixed(2)}" y="${(truth * cell).toFixed(2)}"`;
      const fill = shade(0.15 + 0.85 * (count / total), truth === predicted);
      return [`<rect ${at} width="${cell.toFixed(2)}" height="${cell.toFixed(2)}" fill="${fill}"/>`];
    });
  });
  const drawn = `<svg viewBox="0 0 ${side} ${side}" width="${side}" height="${side}"><rect width="${side}" height="${side}" fill="#f2f4f7"/>${cells.join('')}</svg>`;
  return html`<div class="drawing square" role="img" aria-label="${label}">${new Html(drawn)}</div>`;
}

function pairsTable({ mostConfused, classes }: ReportData['evaluation'], { words, count }: Speech): Html {
  if (mostConfused.length === 0) return nothing;
  const rows = mostConfused.slice(0, mostPairs).map(
    (pair) =>
      html`<tr>
        <td><bdi>${classes[pair.truth] ?? ''}</bdi></td>
        <td><bdi>${classes[pair.predicted] ?? ''}</bdi></td>
        <td class="number">${count(pair.count)}</td>
      </tr>`,
  );
  return html`<h3>${words.mostConfused}</h3>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.truth}</th>
          <th scope="col">${words.predicted}</th>
          <th scope="col" class="number">${words.count}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}
