import { existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

const root = join(import.meta.dirname, '../..');
const pictures = join(root, '../shared/data/bad-images');
const weights = join(root, '../shared/weights/mobilenet_v2_1.0_224.dequantized.h5');
const screens = join(root, 'test-results/screens');

let folder: string;
let host: Host;

test.beforeEach(async () => {
  folder = temporaryFolder('e2e');
  host = await startHost(folder);
});

test.afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a folder full of bad images: what is planted is found and settled by keyboard alone', async ({
  page,
}) => {
  test.skip(
    !existsSync(pictures) || !existsSync(weights),
    'needs ../shared/data/bad-images and ../shared/weights',
  );
  const app = new App(page);
  await app.open(host.address);
  await app.startFromFolder(pictures, folder, 'Bad images');

  // The check begins by itself after the import, and looks through the starter backbone.
  await app.at('show-check').click();
  await expect(app.at('check-state')).toContainText('seen through Starter', { timeout: 60_000 });
  for (const kind of ['conflict', 'truncated', 'zero-bytes', 'too-many-pixels', 'cmyk', 'exif-rotated'])
    await expect(app.at(`check-kind-${kind}`)).toBeVisible();
  await expect(app.at('check-kind-conflict')).toContainText('1');

  // Different labels: the keyboard labels one copy as the other; undo brings the finding back; it is then kept.
  await app.at('check-kind-conflict').click();
  await expect(app.at('finding')).toHaveCount(1);
  await expect(app.at('finding-picture')).toHaveCount(2);
  await page.keyboard.press('2');
  await expect(app.at('check-kind-conflict')).toBeHidden();
  await page.keyboard.press('Control+z');
  await app.at('check-kind-conflict').click();
  await expect(app.at('finding')).toHaveCount(1);
  await page.keyboard.press('k');
  await expect(app.at('check-kind-conflict')).toBeHidden();
  await expect(app.at('check-kept-conflict')).toBeVisible();

  // The import kept copies in one split. One that is moved to another leaks; R brings the copies together again.
  await expect(app.at('check-kind-leak')).toBeHidden();
  await app.at('check-kind-near-duplicate').click();
  await expect(app.at('finding')).toHaveCount(2);
  const path = await app.at('finding-picture').first().getAttribute('title');
  await app.at('show-images').click();
  await app.fill('filter-text', basename(path!));
  await expect(app.at('tile')).toHaveCount(1);
  await app.at('tile').click();
  await page.keyboard.press('s');
  await expect(app.at('tile')).toContainText('test');
  await app.at('show-check').click();
  await app.at('check-start').click();
  await app.at('check-kind-leak').click();
  await expect(app.at('finding')).toHaveCount(1);
  await app.photographHere(screens, 'check-leak');
  await page.keyboard.press('r');
  await expect(app.at('check-kind-leak')).toBeHidden();

  // With a backbone, labels that are wrong are found; R corrects the surest.
  await app.importWeights(weights, 'mobilenet_v2');
  await app.goTo('data');
  await app.at('show-check').click();
  await app.at('check-start').click();
  await expect(app.at('check-state')).toContainText('seen through MobileNetV2', { timeout: 120_000 });
  await expect(app.at('check-kept-conflict')).toBeVisible();
  await app.at('check-kind-label-error').click();
  await expect(app.at('finding').first()).toBeVisible();
  const found = await app.at('finding').count();
  await app.photographHere(screens, 'check');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('r');
  await expect(app.at('finding')).toHaveCount(found - 1);
  expect(app.complaints).toEqual([]);
});
