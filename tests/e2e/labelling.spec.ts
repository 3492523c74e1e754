import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { plainPictures } from '../integration/plain-pictures.ts';
import { App } from './app.ts';
import { startHost, temporaryFolder } from './host.ts';
import type { Host } from './host.ts';

const root = join(import.meta.dirname, '../..');
const photos = join(root, '../shared/data/cats-vs-dogs/train');
const screens = join(root, 'test-results/screens');
const perClass = 26;

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

test('50 pictures are labelled by keyboard alone, undone across a restart, and their classes cared for', async ({
  page,
}) => {
  const app = new App(page);
  const { keyboard } = page;
  await app.open(host.address);
  await app.startFromFolder(await unlabelledPictures(), folder, 'Pets');
  await keyboard.press('o');
  await expect(app.at('one')).toBeVisible();

  // Two classes, made without a mouse.
  await app.at('show-classes').focus();
  await keyboard.press('Enter');
  await app.at('add-class').focus();
  await keyboard.press('Enter');
  for (const name of ['cat', 'dog']) {
    await expect(app.at('name-input').locator('input')).toHaveValue('');
    await expect(app.at('name-input').locator('input')).toBeFocused();
    await keyboard.type(name);
    await keyboard.press('Enter');
    await expect(app.at('class-name').filter({ hasText: name })).toBeVisible();
  }
  await expect(app.at('name-input').locator('input')).toHaveValue('');
  await expect(app.at('name-input').locator('input')).toBeFocused();
  await keyboard.press('Escape');
  await expect(app.at('name-form')).toBeHidden();
  await expect(app.at('class-key')).toHaveText(['1', '2']);

  // Only what has no label: each labelled picture leaves the list, and the next takes its place; none is skipped.
  await app.at('show-one').focus();
  await keyboard.press('Enter');
  await app.at('unlabelled-row').focus();
  await keyboard.press('Enter');
  await app.at('one').focus();
  await expect(app.at('one-place')).toHaveText(`1 of ${2 * perClass}`);
  await page.keyboard.press('Space');
  await expect(app.at('one-place')).toHaveText(`2 of ${2 * perClass}`);
  const labelled: string[] = [];
  for (let i = 0; i < 50; i++) {
    const path = (await app.at('one-path').textContent()) ?? '';
    labelled.push(path);
    const isCat = path.includes('cat-') || (!path.includes('dog-') && i % 2 === 0);
    await keyboard.press(isCat ? '1' : '2');
    await expect(app.at('one-path')).not.toHaveText(path);
  }
  expect(new Set(labelled).size).toBe(50);
  await expect(app.at('one-place')).toContainText('of 2');
  await expect(app.at('project-counts')).toContainText('52');
  await app.photographHere(screens, 'one-by-one');

  // Ctrl+Z brings back the last and shows it; Ctrl+Shift+Z does it again.
  await keyboard.press('Control+z');
  await expect(app.at('one-path')).toHaveText(labelled[49]!);
  await keyboard.press('Control+Shift+Z');
  await expect(app.at('one-place')).toContainText('of 2');

  await host.stop();
  await expect(app.at('connection-lost')).toBeVisible();
  host = await startHost(folder);
  const again = new App(await page.context().newPage());
  await page.close();
  await again.open(host.address);
  await again.reopen('Pets');
  await expect(again.at('class-row').first()).toContainText('25');
  await again.page.keyboard.press('o');
  for (const path of labelled.slice(-3).reverse()) {
    await again.page.keyboard.press('Control+z');
    await expect(again.at('one-path')).toHaveText(path);
    await expect(again.at('one-class')).toHaveText('Unlabelled');
  }
  await again.page.keyboard.press('Control+Shift+Z');
  await expect(again.at('one-path')).toHaveText(labelled[47]!);
  await expect(again.at('one-class')).not.toHaveText('Unlabelled');

  await careForClasses(again);
  await labelMany(again);
  expect(again.complaints).toEqual([]);
});

/** Renames, gives a key, merges, removes, and undoes the last two. */
async function careForClasses(app: App): Promise<void> {
  const { keyboard } = app.page;
  await app.at('show-classes').click();
  await app.at('class-name').first().click();
  await keyboard.type('Felis catus');
  await keyboard.press('Enter');
  await expect(app.at('class-name').first()).toHaveText('Felis catus');
  // E leaves pictures out, 2 labels dogs: both are told; Q is free.
  await app.at('class-key').first().click();
  await keyboard.press('e');
  await expect(app.page.getByText('already means')).toBeVisible();
  await keyboard.press('2');
  await expect(app.page.getByText('already labels as dog')).toBeVisible();
  await app.at('class-key').first().click();
  await keyboard.press('q');
  await expect(app.at('class-key')).toHaveText(['Q', '2']);
  await app.photographHere(screens, 'classes');

  await app.at('merge-class').first().click();
  await expect(app.at('class-end')).toContainText('labelled Felis catus');
  await app.at('merge-into').click();
  await app.page.getByRole('option', { name: 'dog' }).click();
  await app.at('class-end-do').click();
  await expect(app.at('class-entry')).toHaveCount(1);
  await app.at('remove-class').click();
  await expect(app.at('class-end')).toContainText('lose their label dog');
  await app.at('class-end-do').click();
  await expect(app.at('class-entry')).toHaveCount(0);
  await keyboard.press('Control+z');
  await keyboard.press('Control+z');
  await expect(app.at('class-name')).toHaveText(['Felis catus', 'dog']);
  await app.at('show-images').click();
  await expect(app.at('class-row').first()).toContainText('Felis catus');
}

/** A range with Shift, then a rubber band; what it spans is labelled at once, and undone at once. */
async function labelMany(app: App): Promise<void> {
  const { keyboard, mouse } = app.page;
  await app.at('tile').nth(1).click();
  await app
    .at('tile')
    .nth(4)
    .click({ modifiers: ['Shift'] });
  await expect(app.at('grid-status')).toContainText('4 selected');
  const grid = (await app.at('grid').boundingBox())!;
  const tile = (await app.at('tile').first().boundingBox())!;
  await mouse.move(grid.x + 3, grid.y + 3);
  await mouse.down();
  await mouse.move(tile.x + 1.5 * tile.width, tile.y + 1.5 * tile.height, { steps: 4 });
  await mouse.up();
  await expect(app.at('grid-status')).toContainText('4 selected');
  const dogs = app.at('class-row').nth(1);
  const before = await dogs.textContent();
  await keyboard.press('2');
  await expect(dogs).not.toHaveText(before!);
  await keyboard.press('Control+z');
  await expect(dogs).toHaveText(before!);
  await app.at('tile').nth(5).dblclick();
  await expect(app.at('one-place')).toHaveText(`6 of ${2 * perClass}`);
}

/** Real photographs where they are, named by what they show; generated pictures elsewhere. */
async function unlabelledPictures(): Promise<string> {
  const images = join(folder, 'photos');
  mkdirSync(images);
  if (!existsSync(photos)) {
    await plainPictures(images, 2 * perClass, 0);
    return images;
  }
  for (const name of ['cat', 'dog'])
    for (const file of readdirSync(join(photos, name)).sort().slice(0, perClass))
      copyFileSync(join(photos, name, file), join(images, `${name}-${file}`));
  return images;
}
