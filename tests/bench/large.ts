/**
 * A project of 100,000 small images, as a person has it: imported through the window, scrolled, labelled.
 * `node tests/bench/large.ts [--items N] [--folder <dir>]`; with `--folder`, the images are kept for the next time.
 * Needs `npm run build`, Linux (memory of other processes is read from /proc) and a Chromium.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { App } from '../e2e/app.ts';
import { startHost } from '../e2e/host.ts';
import { ensureBrowser } from '../browser.mjs';
import { heldBy, watchMemory, type Held } from './large/memory.ts';
import { drawPictures } from './large/pictures.ts';
import { jumpTo, scrollGrid } from './large/scrolling.ts';

const { values: options } = parseArgs({
  options: { items: { type: 'string', default: '100000' }, folder: { type: 'string' } },
});
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
  const checking = watchMemory(processes);
  const checkSeconds = await untilIdle(app);
  note('the check that follows by itself', `${checkSeconds.toFixed(0)} s`);
  note('memory while checking, the most', memory(checking.stop()));
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
  rmSync(home, { recursive: true, force: true });
  if (!options.folder) rmSync(folder, { recursive: true, force: true });
}
console.log('| 100,000 images | |\n| --- | --- |');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);

/** Seconds until no job runs any more. */
async function untilIdle({ page }: App): Promise<number> {
  const start = performance.now();
  // A job that follows another starts a moment after it.
  await page.waitForTimeout(1000);
  await page.locator('[data-testid=jobs-button][data-running="0"]').waitFor({ timeout: 3_600_000 });
  return (performance.now() - start) / 1000;
}
