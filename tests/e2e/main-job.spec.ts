import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

const root = join(import.meta.dirname, '../..');
const photos = join(root, '../shared/data/cats-vs-dogs');
const weights = join(root, '../shared/weights/mobilenet_v2_1.0_224.dequantized.h5');
const screens = join(root, 'test-results/screens');
/** Photos per class: enough to be right nine times out of ten, few enough for two slow cores. */
const counts = { train: 60, validation: 20, test: 30 };

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

test('the whole job on real photos: create, import, train frozen, see, restart, reopen, predict', async ({
  page,
}) => {
  test.skip(
    !existsSync(photos) || !existsSync(weights),
    'needs ../shared/data/cats-vs-dogs and ../shared/weights',
  );
  const app = new App(page);
  await app.open(host.address);

  await app.startFromFolder(subsetOfPhotos(), folder, 'Cats and dogs');
  await expect(app.at('project-counts')).toContainText('220');
  await expect(app.at('tile').first()).toBeVisible();

  await app.importWeights(weights, 'mobilenet_v2');
  await app.train('features', 8);
  await app.at('see-results').click();
  const accuracy = await app.accuracy();
  expect(accuracy).toBeGreaterThan(0.9);
  await expect(app.at('frozen-proof')).toBeVisible();
  await reportOpens(app, accuracy);
  await app.at('cell-0-0').click();
  await expect(app.at('cell-item').first()).toBeVisible();

  await host.stop();
  await expect(app.at('connection-lost')).toBeVisible();
  host = await startHost(folder);
  const again = new App(await page.context().newPage());
  await page.close();
  await again.open(host.address);
  await again.reopen('Cats and dogs');
  await expect(again.at('project-counts')).toContainText('220');
  await again.goTo('results');
  expect(await again.accuracy()).toBe(accuracy);
  await expect(again.at('transfer-verdict')).toContainText('Not checked');
  await expect(again.at('check-transfer-1')).toBeEnabled();
  await again.goTo('experiments');
  await again.at('open-ladder').click();
  await expect(again.at('ladder-estimate')).toContainText('6 runs left of 6, about');
  await again.photographHere(screens, 'ladder');

  const newPhotos = ['cat', 'dog'].flatMap((name) => photosOf('test', name).slice(-2));
  const predicted = await again.predictDropped(newPhotos);
  const right = predicted.filter((name, index) => newPhotos[index]!.includes(`/${name}/`));
  expect(right.length).toBeGreaterThanOrEqual(3);

  await again.photograph(screens);
  expect(again.complaints).toEqual([]);
});

test('the whole job on the sample, with no files at all: transfer wins', async ({ page }) => {
  test.setTimeout(500_000);
  const app = new App(page);
  await app.open(host.address);
  await app.at('home-sample').click();
  const runs = app.at('run-row');
  await expect(runs.filter({ has: page.locator('[data-status=done]') })).toHaveCount(3, { timeout: 450_000 });

  await runs.filter({ hasText: 'Fine-tune' }).dblclick();
  const accuracy = await app.accuracy();
  await expect(app.at('transfer-gain')).toContainText('Transfer gained');
  if (process.env.GRAFT_README_SCREENSHOT) await readmeScreenshot(app);

  await host.stop();
  host = await startHost(folder);
  const again = new App(await page.context().newPage());
  await page.close();
  await again.open(host.address);
  await again.reopen('Sample');
  await again.goTo('experiments');
  // The two that were judged on the same drawings.
  for (const name of ['Fine-tune on', 'From scratch on'])
    await again.at('run-row').filter({ hasText: name }).getByTestId('mark-run').check();
  await again.at('compare-runs').click();
  await expect(again.at('compared-run')).toHaveCount(2);
  await expect(again.at('verdict')).toContainText(/is better than|No evidence of a difference/);
  await again.photographHere(screens, 'compare');
  await again.goTo('experiments');
  await again.at('show-charts').click();
  await expect(again.at('chart')).toHaveCount(2);
  await again.photographHere(screens, 'many-runs');
  await again.at('show-table').click();
  await again.at('filter-text').locator('input').fill('scratch');
  await expect(again.at('run-row')).toHaveCount(1);
  await again.at('filter-clear').click();
  await again.at('run-row').filter({ hasText: 'Fine-tune' }).dblclick();
  expect(await again.accuracy()).toBe(accuracy);

  const drawn = samplePictures();
  const predicted = await again.predictDropped(drawn.map(({ path }) => path));
  const right = predicted.filter((name, index) => name === drawn[index]!.name);
  expect(right.length).toBeGreaterThan(drawn.length / 2);
  expect(again.complaints).toEqual([]);
});

test('an address opens once, and the page says how to get another', async ({ page, browser }) => {
  await page.goto(host.address);
  await expect(page.getByTestId('home-folder')).toBeVisible();
  expect(page.url()).not.toContain('token');
  const stranger = await browser.newPage();
  await stranger.goto(host.address);
  await expect(stranger.getByText('press Enter')).toBeVisible();
  await stranger.close();
});

/** Exports the report and the model from the results, and opens the report in the browser as anybody would. */
async function reportOpens(app: App, accuracy: number): Promise<void> {
  const path = join(folder, 'report.html');
  await app.at('save-report').click();
  await app.saveAs(path);
  await expect(app.at('report-done')).toContainText('report.html');
  await app.at('export-model').click();
  await app.saveAs(join(folder, 'model.onnx'));
  await expect(app.at('certificate')).toHaveAttribute('data-agrees', 'true');
  await app.photographHere(screens, 'exports');
  const page = await app.page.context().newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  await expect(page.locator('.big')).toHaveText(`${(accuracy * 100).toFixed(1)} %`);
  await expect(page.locator('svg').first()).toBeVisible();
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(path).href]);
  await page.close();
}

function photosOf(split: string, name: string): string[] {
  const dir = join(photos, split, name);
  return readdirSync(dir)
    .sort()
    .map((file) => join(dir, file));
}

function subsetOfPhotos(): string {
  const subset = join(folder, 'photos');
  for (const [split, count] of Object.entries(counts))
    for (const name of ['cat', 'dog']) {
      const target = join(subset, split, name);
      mkdirSync(target, { recursive: true });
      for (const [index, file] of photosOf(split, name).slice(0, count).entries())
        copyFileSync(file, join(target, `${index}.jpg`));
    }
  return subset;
}

/** One hand-drawn picture of each class, held out from training. */
function samplePictures(): { name: string; path: string }[] {
  const items = readdirSync(folder, { recursive: true, withFileTypes: true });
  const target = items.find((entry) => entry.isDirectory() && entry.name === 'target')!;
  const test = join(target.parentPath, 'target', 'test');
  return readdirSync(test).map((name) => ({
    name,
    path: join(test, name, readdirSync(join(test, name))[0]!),
  }));
}

async function readmeScreenshot(app: App): Promise<void> {
  await app.page.emulateMedia({ colorScheme: 'dark' });
  await app.page.waitForLoadState('networkidle');
  await app.page.screenshot({ path: join(root, 'resources/screenshot.png'), animations: 'disabled' });
}
