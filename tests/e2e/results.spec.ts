import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { createProject } from '../../electron/store/open.ts';
import type { Store } from '../../electron/store/store.ts';
import { defaultRecipe } from '../../shared/recipe/recipe.ts';
import { seededRandom } from '../../shared/random.ts';
import type { Split } from '../../shared/contract/index.ts';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

const screens = join(import.meta.dirname, '../../test-results/screens');
const classCount = 200;
const perClass = 3;
const classes = Array.from({ length: classCount }, (_, i) => `species ${String(i + 1).padStart(3, '0')}`);
/** The class the run takes for the next one every time. */
const confused = 120;

let folder: string;
let project: string;
let host: Host;

test.beforeEach(async () => {
  folder = temporaryFolder('e2e-results');
  project = join(folder, 'Many classes');
  await judgedProject();
  host = await startHost(folder);
});

test.afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A project of 200 classes with two finished runs, their predictions stored as training stores them. */
async function judgedProject(): Promise<void> {
  const store = createProject(project, 'Many classes');
  const background = { r: 90, g: 140, b: 60 };
  const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background } })
    .png()
    .toBuffer();
  mkdirSync(join(project, 'items'), { recursive: true });
  store.transaction(() => {
    store.items.addCollection('main');
    const classIds = classes.map((name) => store.classes.insert(name));
    const ids = {
      validation: insertItems(store, classIds, 'validation', picture),
      test: insertItems(store, classIds, 'test', picture),
    };
    for (const number of [1, 2]) insertRun(store, number, classIds, ids);
  });
  store.close();
}

function insertItems(store: Store, classIds: number[], split: Split, picture: Buffer): number[] {
  return Array.from({ length: classCount * perClass }, (_, i) => {
    const path = `items/${split}-${i}.png`;
    writeFileSync(join(project, path), picture);
    return store.items.insert({
      path,
      source: path,
      classId: classIds[Math.floor(i / perClass)]!,
      split,
      collection: 'main',
      status: 'ok',
      reasons: [],
      width: 40,
      height: 40,
      bytes: picture.length,
      format: 'png',
      sha256: path,
      dhash: '0000000000000000',
    })!;
  });
}

const idOf = (number: number): string => `000${number}-aaaaaa`;

/** The second run is right more often. */
function insertRun(
  store: Store,
  number: number,
  classIds: number[],
  ids: Record<'validation' | 'test', number[]>,
): void {
  const id = idOf(number);
  store.runs.insert({
    id,
    number,
    name: `Run ${number}`,
    status: 'done',
    recipe: defaultRecipe('scratch-cnn', null, 48),
    classes,
    classIds,
    createdAt: `2026-01-0${number}T00:00:00.000Z`,
    finishedAt: `2026-01-0${number}T00:00:01.000Z`,
    seconds: { decode: 0, features: 0, train: 0, evaluate: 0 },
    imagesPerSecond: null,
    params: null,
    frozenUnchanged: null,
    device: '',
    bestEpoch: null,
    error: null,
    group: null,
  });
  for (const split of ['validation', 'test'] as const)
    store.predictions.put(id, null, split, predicted(ids[split], number));
}

function predicted(ids: number[], number: number) {
  const random = seededRandom(number);
  const truths = Int32Array.from(ids, (_, i) => Math.floor(i / perClass));
  const probabilities = new Float32Array(ids.length * classCount);
  for (const [i, truth] of truths.entries()) {
    const wrong = truth === confused || random() < 0.3 / number;
    const guess = wrong ? (truth + 1) % classCount : truth;
    const sure = 0.3 + 0.6 * random();
    probabilities.fill((1 - sure) / (classCount - 1), i * classCount, (i + 1) * classCount);
    probabilities[i * classCount + guess] = sure;
  }
  return { ids: Int32Array.from(ids), truths, probabilities };
}

test('among 200 classes one is found, its mistakes are seen, a threshold is moved by key, two runs are compared', async ({
  page,
}) => {
  const app = new App(page);
  await app.open(host.address);
  await app.at('home-open').click();
  await app.pick(project, 'folder');
  await expect(app.at('project-counts')).toBeVisible();
  // Judged when first looked at: from then on they have results.
  for (const number of [2, 1]) {
    await page.evaluate(`location.hash = '#/results/${idOf(number)}'`);
    await expect(app.at('results-run')).toContainText(`Run ${number}`);
    await expect(app.at('confusion-canvas')).toBeVisible({ timeout: 30_000 });
  }
  await app.at('open-map').click();
  await expect(app.at('draw-map').or(app.at('feature-map')).first()).toBeVisible();
  await page.goBack();

  // Looked for by name, gone closer to by key, opened by Enter.
  await app.fill('confusion-find', classes[confused]!);
  await page.keyboard.press('Enter');
  await expect(app.at('confusion-canvas')).toHaveAttribute('aria-label', new RegExp(classes[confused]!));
  await app.at('confusion-canvas').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('+');
  await expect(app.at('confusion-area')).toContainText('of 200');
  await page.keyboard.press('ArrowRight');
  await expect(app.at(`cell-${confused}-${confused + 1}`)).toBeFocused();
  await app.photographHere(screens, 'confusion-closer');
  await page.keyboard.press('Enter');
  await expect(app.at('cell-item')).toHaveCount(perClass);
  await app.at('cell-item').first().click();
  await expect(app.at('opened-item')).toContainText(classes[confused]!);

  const slider = app.at('threshold-slider');
  const before = await slider.inputValue();
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(slider).not.toHaveValue(before);
  const threshold = await app.at('threshold-value').innerText();
  await app.at('threshold-use').click();
  await expect(app.at('threshold-stored')).toContainText(threshold);

  // The same numbers as a table, by key.
  await app.at('most-confused').press('t');
  await expect(app.at('most-confused').getByTestId('data-table')).toContainText(classes[confused]!);
  await app.at('threshold-panel').press('t');
  await expect(app.at('threshold-panel').getByTestId('data-table')).toContainText('0.3');
  await app.photographHere(screens, 'results-tables');

  await app.goTo('experiments');
  for (const name of ['Run 1', 'Run 2'])
    await app.at('run-row').filter({ hasText: name }).getByTestId('mark-run').check();
  await app.at('compare-runs').click();
  await expect(app.at('compared-run')).toHaveCount(2);
  await expect(app.at('verdict')).toContainText('Run 2');
  expect(app.complaints).toEqual([]);
});
