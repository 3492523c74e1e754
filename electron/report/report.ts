import type { Language } from '../../shared/errors.ts';
import { confusionSection } from './confusion.ts';
import { Html, html } from './html.ts';
import { calibrationSection, comparisonSection, curvesSection, learningSection } from './judgement.ts';
import { mistakesSection } from './mistakes.ts';
import { classSection, numbersSection, summarySection } from './numbers.ts';
import { dataSection, proofSection, recipeSection } from './provenance.ts';
import type { ReportData, ReportFiles } from './report-data.ts';
import { speechIn } from './say.ts';
import { style } from './style.ts';

/**
 * A run's results as one HTML document that needs nothing else: no script, no network, no file beside it. Its policy
 * forbids the browser all but its own styles and the pictures inside it.
 */
export function reportDocument(data: ReportData, files: ReportFiles, language: Language): string {
  const speech = speechIn(language);
  const { words, say, date } = speech;
  const { run, project, version } = data;
  const about = { project, number: run.number, date: date(data.madeAt), version };
  const document = html`<!doctype html>
    <html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Graft ${version}" />
        <title>${say(words.title, { run: run.name })}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${say(words.title, { run: run.name })}</h1>
            <p class="quiet">${say(words.about, about)}</p>
          </header>
          ${summarySection(data, speech)} ${numbersSection(data, speech)} ${comparisonSection(data, speech)}
          ${confusionSection(data, speech)} ${classSection(data, speech)} ${curvesSection(data, speech)}
          ${calibrationSection(data, speech)} ${mistakesSection(data, files.pictures, speech)}
          ${learningSection(data, speech)} ${recipeSection(data, speech)} ${dataSection(data, speech)}
          ${proofSection(data, files, speech)}
        </main>
      </body>
    </html> `;
  return document.text;
}
