import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { GraftError } from '../../shared/errors.ts';

const run = promisify(execFile);
/** A report prints in a second or two; a browser that hangs is not waited for. In ms. */
const timeout = 60_000;

/** What Chromium and its kin are called, best known first. */
const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
];
const places: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** An installed browser that prints without a window: GRAFT_BROWSER, else one on the path, else where they usually lie. */
export function findBrowser(env = process.env, platform = process.platform): string | null {
  if (env.GRAFT_BROWSER) return existsSync(env.GRAFT_BROWSER) ? env.GRAFT_BROWSER : null;
  const ending = platform === 'win32' ? '.exe' : '';
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = commands.flatMap((name) => folders.map((folder) => join(folder, name + ending)));
  return [...onPath, ...(places[platform] ?? [])].find((path) => existsSync(path)) ?? null;
}

/**
 * Prints an HTML file as PDF with a browser of this computer, without its window and without the network.
 * @throws GraftError report.no-printer, report.not-printed
 */
export async function printWithBrowser(html: string, pdf: string): Promise<void> {
  const browser = findBrowser();
  if (!browser) throw new GraftError('report.no-printer', { path: pdf });
  const profile = await mkdtemp(join(tmpdir(), 'graft-print-'));
  // As root the browser's own sandbox refuses to start; the page holds no script.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const options = [
    '--headless',
    '--disable-gpu',
    '--disable-extensions',
    '--disable-background-networking',
    '--no-first-run',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--no-pdf-header-footer',
    `--user-data-dir=${profile}`,
    `--print-to-pdf=${pdf}`,
    ...asRoot,
  ];
  try {
    await run(browser, [...options, pathToFileURL(html).href], { timeout });
    if (!existsSync(pdf)) throw new Error('it wrote nothing');
  } catch (error) {
    const detail = (error as Error).message.split('\n')[0] ?? '';
    throw new GraftError('report.not-printed', { browser, detail }, { cause: error });
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
