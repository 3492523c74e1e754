/**
 * A project of 100,000 small images, as a person has it: imported through the window, scrolled, labelled.
 * `node tests/bench/large.ts [--items N] [--folder <dir>] [--no-check]`; with `--folder`, the images are kept for the
 * next time; with `--no-check`, the check of the data that follows an import is cancelled.
 * Needs `npm run build`, Linux (memory of other processes is read from /proc) and a Chromium.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { openLab } from '../../electron/hosts/open-lab.ts';
import { App } from '../e2e/app.ts';
import { startHost } from '../e2e/host.ts';
import { ensureBrowser } from '../browser.mjs';
import { labelLatency } from './data/labelling.ts';
import { suggestionLatency } from './data/suggesting.ts';
import { heldBy, watchMemory, type Held } from './large/memory.ts';
import { drawPictures } from './large/pictures.ts';
import { jumpTo, scrollGrid } from './large/scrolling.ts';

const { values: options } = parseArgs({
  options: {
    items: { type: 'string', default: '100000' },
    folder: { type: 'string' },
    check: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
/** Items of the project in which suggestions are timed; their features are computed first. */
const SUGGESTED = 1000;
const count = Number(options.items);
const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'graft-large-bench-'));
const pictures = join(folder, `pictures-${count}`);
const rows: [string, string][] = [];
const note = (what: string, figure: string) => {
  rows.push([what, figure]);
  console.error(`${what}: ${figure}`);
};
const memory = ({ proportional, resident, parts }: Held) => {
  const each = Object.entries(parts).map(([name, size]) => `${name} ${size.toFixed(0)}`);
  return `${proportional.toFixed(0)} MiB (${each.join(', ')}; ${resident.toFixed(0)} with shared pages counted in each)`;
};

if (!existsSync(pictures)) await drawPictures(pictures, count, 100);
const home = mkdtempSync(join(tmpdir(), 'graft-large-home-'));
const host = await startHost(home);
const found = ensureBrowser(console.error);
const server = await chromium.launchServer({
  ...(found.path ? { executablePath: found.path } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const browser = await chromium.connect(server.wsEndpoint());
/** What a person's computer runs: the host with its engine, and the browser. */
const processes = [host.pid, server.process().pid!];
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const app = new App(page);
  await app.open(host.address);
  const importing = watchMemory(processes);
  await app.startImportOf(pictures, home, 'large');
  const started = performance.now();
  await app.at('import-report').waitFor({ timeout: 3_600_000 });
  const seconds = (performance.now() - started) / 1000;
  note(
    `import of ${count} images of 64 pixels`,
    `${(count / seconds).toFixed(0)} images/s (${seconds.toFixed(0)} s)`,
  );
  note('memory while importing, the most', memory(importing.stop()));
  if (options.check) {
    const checking = watchMemory(processes);
    const checkSeconds = await untilIdle(app);
    note('the check that follows by itself', `${checkSeconds.toFixed(0)} s`);
    note('memory while checking, the most', memory(checking.stop()));
  } else await cancelJobs(app);
  const scrolling = watchMemory(processes);
  for (const [name, speed] of [
    ['reading (1,000 pixels/s)', 1000],
    ['fast (10,000 pixels/s)', 10_000],
    ['flying (100,000 pixels/s)', 100_000],
  ] as const) {
    const { framesPerSecond, median, percentile95, late } = await scrollGrid(page, speed, 10);
    note(
      `scrolling, ${name}`,
      `${framesPerSecond.toFixed(0)} frames/s, median ${median.toFixed(1)} ms, 95 % under ${percentile95.toFixed(1)} ms, ${(100 * late).toFixed(1)} % late`,
    );
  }
  const jumps = [];
  for (const share of [0.9, 0.1, 0.5, 0.7, 0.3]) jumps.push(await jumpTo(page, share));
  note(
    'a jump to where no thumbnail was made yet, until all stand, median',
    `${jumps.sort((a, b) => a - b)[2]!.toFixed(0)} ms`,
  );
  note('memory while scrolling, the most', memory(scrolling.stop()));
  note('memory at rest', memory(heldBy(processes)));
} finally {
  await browser.close();
  await server.close();
  await host.stop();
  // Without a browser and its host taking the processor, as the lab alone would have it.
  await noteLabels();
  rmSync(home, { recursive: true, force: true });
  if (!options.folder) rmSync(folder, { recursive: true, force: true });
}
console.log('| 100,000 images | |\n| --- | --- |');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);

async function noteLabels(): Promise<void> {
  process.env['GRAFT_DATA_DIR'] = join(home, 'terminal');
  const lab = openLab({ host: 'terminal' });
  try {
    const { p50, p95 } = await labelLatency(lab, count);
    note(
      `a label on disk, in a project of ${count}`,
      `median ${p50.toFixed(1)} ms, 95 % within ${p95.toFixed(1)} ms`,
    );
    const { median, worst } = await suggestionLatency(lab, SUGGESTED);
    note(
      `new suggestions after ten labels, in a project of ${SUGGESTED}`,
      `median ${median.toFixed(0)} ms, at most ${worst.toFixed(0)} ms`,
    );
  } finally {
    await lab.close();
  }
}

async function cancelJobs(app: App): Promise<void> {
  await app.at('jobs-button').click();
  await app.at('cancel-job').first().click();
  await app.page.keyboard.press('Escape');
  await untilIdle(app);
}

/** Seconds until no job runs any more. */
async function untilIdle({ page }: App): Promise<number> {
  const start = performance.now();
  // A job that follows another starts a moment after it.
  await page.waitForTimeout(1000);
  await page.locator('[data-testid=jobs-button][data-running="0"]').waitFor({ timeout: 3_600_000 });
  return (performance.now() - start) / 1000;
}
