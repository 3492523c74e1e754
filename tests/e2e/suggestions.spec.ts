import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openProject } from '../../electron/store/open.ts';
import { plainPictures } from '../integration/plain-pictures.ts';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

const screens = join(import.meta.dirname, '../../test-results/screens');
const program = join(import.meta.dirname, '../../out/main/cli.js');
const labelled = 12;
const pictures = 40;

let folder: string;
let host: Host;

test.beforeEach(async () => {
  folder = temporaryFolder('e2e');
  await partlyLabelled();
  host = await startHost(folder);
});

test.afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A project of dark and light pictures in turn; the first few have a label. */
async function partlyLabelled(): Promise<void> {
  const images = join(folder, 'photos');
  mkdirSync(images);
  await plainPictures(images, pictures, 0);
  const row = (i: number) => `photos/${i}.png,${i < labelled ? ['dark', 'light'][i % 2] : ''}`;
  const table = join(folder, 'photos.csv');
  writeFileSync(table, ['path,label', ...Array.from({ length: pictures }, (_, i) => row(i))].join('\n'));
  const env = { ...process.env, HOME: folder, USERPROFILE: folder, GRAFT_DATA_DIR: join(folder, 'data') };
  execFileSync(process.execPath, [program, 'import', join(folder, 'Shades'), table], {
    env,
    stdio: 'ignore',
  });
}

test('labels are suggested from a few, accepted with Enter along the queue and in bulk, and are on disk', async ({
  page,
}) => {
  const app = new App(page);
  await app.open(host.address);
  await app.reopen('Shades');
  await app.at('suggest').click();
  await expect(app.at('suggestion-trained')).toContainText('trained on 12 labels', { timeout: 60_000 });
  await expect(app.at('suggestion').first()).toBeVisible();

  await app.at('queue-order').click();
  await expect(app.at('grid-status')).toContainText(`${pictures - labelled} images`);
  await app.at('grid').focus();
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press('Enter');
    await expect(app.at('tile').nth(i).getByTestId('suggestion')).toBeHidden();
  }
  // It learns from them by itself, and what was just done stays where it was.
  await expect(app.at('suggestion-trained')).toContainText('trained on 15 labels');
  await expect(app.at('tile').nth(2).getByTestId('suggestion')).toBeHidden();
  await app.photographHere(screens, 'suggestions');

  await page.keyboard.press('o');
  await expect(app.at('one-place')).toContainText(`4 of ${pictures - labelled}`);
  await page.keyboard.press('Enter');
  await expect(app.at('one-place')).toContainText('5 of');
  await page.keyboard.press('o');

  await app.at('queue-order').click();
  await expect(app.at('agreement-suggested')).toContainText(String(pictures - labelled - 4));
  await app.at('agreement-suggested').click();
  await app.at('sure').click();
  await page.getByRole('option', { name: 'At least 50 %' }).click();
  await app.at('accept-all').click();
  await expect(app.at('unlabelled-row')).toBeHidden();
  expect(app.complaints).toEqual([]);

  await host.stop();
  const store = openProject(join(folder, 'Shades'));
  const classes = new Map(store.classes.all().map(({ id, name }) => [id, name]));
  const items = store.items.usable(null);
  store.close();
  expect(items).toHaveLength(pictures);
  for (const { path, classId } of items) {
    const number = Number(/(\d+)\.png$/.exec(path)![1]);
    expect(classes.get(classId)).toBe(['dark', 'light'][number % 2]);
  }
});
