import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBrowser, printWithBrowser } from '../../../electron/hosts/print-pdf.ts';
import { printPdf } from '../../../electron/main/print-pdf.ts';
import { freshFolder } from '../store/a-project.ts';

test('a browser is the one named, else one on the path, else none', () => {
  const folder = freshFolder();
  const browser = join(folder, 'chromium');
  expect(findBrowser({ PATH: folder }, 'linux')).toBeNull();
  writeFileSync(browser, '');
  chmodSync(browser, 0o755);
  expect(findBrowser({ PATH: `/nowhere:${folder}` }, 'linux')).toBe(browser);
  expect(findBrowser({ PATH: folder, GRAFT_BROWSER: '/nowhere/chrome' }, 'linux')).toBeNull();
  expect(findBrowser({ PATH: '', GRAFT_BROWSER: browser }, 'linux')).toBe(browser);
});

test.skipIf(findBrowser() === null)(
  'an installed browser prints a page as PDF (skipped where there is none)',
  async () => {
    const folder = freshFolder();
    const page = join(folder, 'a page.html');
    writeFileSync(page, '<!doctype html><title>Report</title><p>One page.</p>');
    await printWithBrowser(page, join(folder, 'a page.pdf'));
    expect(readFileSync(join(folder, 'a page.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
  },
);

test('Electron prints in a window of its own session, without scripts, that loads files alone and is gone after', async () => {
  const folder = freshFolder();
  const told: unknown[] = [];
  let decide: ((url: string) => boolean) | undefined;
  const pdf = join(folder, 'report.pdf');
  const open = (options: { show?: boolean; webPreferences?: object }) => {
    told.push(options);
    return {
      loadFile: (path: string) => Promise.resolve(void told.push(path)),
      destroy: () => void told.push('gone'),
      webContents: {
        printToPDF: () => Promise.resolve(Buffer.from('%PDF-1.4')),
        session: {
          webRequest: {
            onBeforeRequest(
              listener: (details: { url: string }, answer: (a: { cancel: boolean }) => void) => void,
            ) {
              decide = (url) => {
                let refused = false;
                listener({ url }, ({ cancel }) => (refused = cancel));
                return refused;
              };
            },
          },
        },
      },
    };
  };
  await printPdf(open as never, '/tmp/report.html', pdf);
  expect(told).toMatchObject([
    { show: false, webPreferences: { sandbox: true, javascript: false, partition: 'print' } },
    '/tmp/report.html',
    'gone',
  ]);
  expect([decide!('https://example.org/'), decide!('file:///tmp/report.html')]).toEqual([true, false]);
  expect(existsSync(pdf)).toBe(true);
});
