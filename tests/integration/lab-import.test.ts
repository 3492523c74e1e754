import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { freshProject, importAndWait, labForThisFile, paintPictures } from './real-lab.ts';

const real = labForThisFile(1);
const { lab } = real;

test('a folder of class folders becomes labelled items in three splits; a broken file is listed, not in the way', async () => {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  await paintPictures(join(photos, 'red 红'), [200, 20, 20], 10);
  await paintPictures(join(photos, 'blue'), [20, 20, 200], 10);
  writeFileSync(join(photos, 'blue', 'broken.jpg'), 'this is not a picture');
  writeFileSync(join(photos, 'notes.txt'), 'hello');
  const { result } = await importAndWait(lab, { path: photos });
  expect(result).toMatchObject({ added: 21, known: 0, broken: 1, classes: ['blue', 'red 红'] });
  expect(result?.skipped.map(({ path }) => path)).toContain(join(photos, 'notes.txt'));

  const project = (await lab.call('projects.current', {}))!;
  expect(project.counts).toMatchObject({
    items: 21,
    labelled: 21,
    broken: 1,
    train: 14,
    validation: 3,
    test: 3,
  });
  const { items } = await lab.call('items.list', { filter: { statuses: ['broken'] }, offset: 0, limit: 5 });
  expect(items).toMatchObject([
    { path: '../photos/blue/broken.jpg', reasons: ['not-an-image'], split: null },
  ]);
  await expect(lab.asset('thumb', items[0]!.id)).rejects.toMatchObject({ code: 'item.broken' });

  const again = await importAndWait(lab, { path: photos });
  expect(again.result).toMatchObject({ added: 0, known: 21 });
});

test('a thumbnail is drawn once and shows the picture', async () => {
  const folder = await freshProject(real);
  await paintPictures(join(folder, 'photos', 'red'), [200, 20, 20], 1, 600);
  await importAndWait(lab, { path: join(folder, 'photos') });
  const { items } = await lab.call('items.list', { offset: 0, limit: 5 });
  const [thumb, again] = await Promise.all([1, 2].map(() => lab.asset('thumb', items[0]!.id)));
  expect(again).toEqual(thumb);
  expect(thumb!.type).toBe('image/webp');
  expect(thumb!.path.startsWith(join(folder, 'project', 'cache'))).toBe(true);
  const { channels } = await sharp(thumb!.path).stats();
  expect(channels[0]!.mean).toBeGreaterThan(180);
  expect(await lab.asset('image', items[0]!.id)).toEqual({
    path: join(folder, 'photos', 'red', '0.png'),
    type: 'image/png',
  });
});

test('a small picture is its own thumbnail', async () => {
  const folder = await freshProject(real);
  await paintPictures(join(folder, 'photos', 'red'), [200, 20, 20], 1);
  await importAndWait(lab, { path: join(folder, 'photos') });
  const { items } = await lab.call('items.list', { offset: 0, limit: 5 });
  const path = join(folder, 'photos', 'red', '0.png');
  expect(await lab.asset('thumb', items[0]!.id)).toEqual({ path, type: 'image/png' });
});

test('copied files lie in the project, whole, and are known when imported again', async () => {
  const folder = await freshProject(real);
  for (const split of ['train', 'test']) {
    await paintPictures(
      join(folder, 'photos', split, 'red'),
      split === 'train' ? [200, 0, 0] : [150, 0, 0],
      2,
    );
    await paintPictures(
      join(folder, 'photos', split, 'blue'),
      split === 'train' ? [0, 0, 200] : [0, 0, 150],
      2,
    );
  }
  const params = { path: join(folder, 'photos'), copy: true, collection: 'leaves' };
  expect((await importAndWait(lab, params)).result).toMatchObject({ added: 8, broken: 0 });
  expect((await importAndWait(lab, params)).result).toMatchObject({ added: 0, known: 8 });
  const { items } = await lab.call('items.list', { offset: 0, limit: 20 });
  expect(items.map(({ path }) => path)).toEqual([
    'items/leaves/blue/0-2.png',
    'items/leaves/blue/0.png',
    'items/leaves/blue/1-2.png',
    'items/leaves/blue/1.png',
    'items/leaves/red/0-2.png',
    'items/leaves/red/0.png',
    'items/leaves/red/1-2.png',
    'items/leaves/red/1.png',
  ]);
  const bytes = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  const sources = ['train', 'test'].map((split) => bytes(join(folder, 'photos', split, 'red', '0.png')));
  const copies = ['0.png', '0-2.png'].map((name) => bytes(join(folder, 'project/items/leaves/red', name)));
  expect(copies.sort()).toEqual(sources.sort());
  expect(readdirSync(join(folder, 'project/items/leaves/red'))).toHaveLength(4);
  // Splits were given by the folders: they are kept as they are.
  expect((await lab.call('projects.current', {}))?.counts).toMatchObject({
    train: 4,
    validation: 0,
    test: 4,
  });
});

test('what is not there, or holds no picture, is named', async () => {
  const folder = await freshProject(real);
  const missing = join(folder, 'no such folder');
  expect(await importAndWait(lab, { path: missing })).toMatchObject({
    status: 'failed',
    error: { code: 'file.missing', params: { path: missing } },
  });
  mkdirSync(join(folder, 'empty'));
  expect(await importAndWait(lab, { path: join(folder, 'empty') })).toMatchObject({
    status: 'failed',
    error: { code: 'import.empty' },
  });
  expect((await lab.call('projects.current', {}))?.counts.items).toBe(0);
});

const badImages = join(import.meta.dirname, '../../../shared/data/bad-images');
describe.skipIf(!existsSync(badImages))('bad-images (needs ../shared/data/bad-images)', () => {
  test('every file is an item, usable or broken with a reason, or skipped with one', async () => {
    await freshProject(real);
    const { status, result } = await importAndWait(lab, { path: badImages });
    expect(status).toBe('done');
    const { items } = await lab.call('items.list', { offset: 0, limit: 2000 });
    expect(items).toHaveLength(result!.added);
    const broken = items.filter(({ status: itemStatus }) => itemStatus === 'broken');
    expect(Object.fromEntries(broken.map(({ name, reasons }) => [name, reasons[0]]))).toMatchObject({
      'bomb-20000x20000.png': 'too-many-pixels',
      'zero-byte.jpg': 'zero-bytes',
      'zero-byte.png': 'zero-bytes',
      'html-error-page.jpg': 'not-an-image',
      'text-inside.jpg': 'not-an-image',
      'truncated-half.jpg': 'truncated',
      'truncated-header.jpg': 'truncated',
      'one-pixel.png': 'too-small',
    });
    expect(items.filter(({ name }) => name.startsWith('good-')).every((item) => item.status === 'ok')).toBe(
      true,
    );
    expect(result?.skipped.map(({ path }) => path)).toContain(join(badImages, 'cat', 'desktop.ini'));
  });
});
