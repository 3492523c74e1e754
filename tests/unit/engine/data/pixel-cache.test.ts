import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPixels, openPixelCache } from '../../../../electron/engine/data/pixel-cache.ts';
import type { CachedItem } from '../../../../electron/engine/data/pixel-cache.ts';

let dir: string;
let items: CachedItem[];
const size = 4;
const bytesEach = size * size * 3;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'graft-pixels-'));
  items = await Promise.all(
    [10, 20, 30].map(async (grey) => {
      const path = join(dir, `${grey}.png`);
      await sharp({
        create: { width: 8, height: 8, channels: 3, background: { r: grey, g: grey, b: grey } },
      }).toFile(path);
      return {
        path,
        sha256: createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      };
    }),
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function load(wanted: CachedItem[]) {
  const cache = await openPixelCache(join(dir, 'cache'), { size, mode: 'stretch' });
  const pixels = new Uint8Array(wanted.length * bytesEach);
  const failures = await loadPixels(cache, wanted, { size, mode: 'stretch' }, pixels);
  await cache.close();
  return { greys: wanted.map((_, index) => pixels[index * bytesEach]), failures };
}

it('decodes what it lacks, keeps it, and needs the files no more', async () => {
  expect(await load(items)).toEqual({ greys: [10, 20, 30], failures: [] });
  const moved = items.map(({ sha256 }) => ({ path: join(dir, 'gone.png'), sha256 }));
  expect(await load(moved)).toEqual({ greys: [10, 20, 30], failures: [] });
});

it('never stores the pixels of a file that has changed since it was inspected', async () => {
  const [ten, twenty] = items as [CachedItem, CachedItem];
  const changed = { path: twenty.path, sha256: createHash('sha256').update('before').digest('hex') };
  const gone = { path: join(dir, 'gone.png'), sha256: createHash('sha256').update('gone').digest('hex') };
  const { greys, failures } = await load([changed, ten, gone]);
  expect(greys).toEqual([0, 10, 0]);
  expect(failures).toEqual([
    { index: 0, reason: 'changed' },
    { index: 2, reason: 'missing' },
  ]);
  expect((await load([changed])).failures).toEqual([{ index: 0, reason: 'changed' }]);
});

it('still gives pixels when the cache folder cannot be made', async () => {
  const blocked = join(dir, 'blocked');
  await writeFile(blocked, 'a file where the folder should be');
  const cache = await openPixelCache(blocked, { size, mode: 'stretch' });
  const pixels = new Uint8Array(items.length * bytesEach);
  expect(await loadPixels(cache, items, { size, mode: 'stretch' }, pixels)).toEqual([]);
  expect(pixels[2 * bytesEach]).toBe(30);
  await cache.close();
});
