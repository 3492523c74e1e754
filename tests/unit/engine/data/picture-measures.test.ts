import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import {
  measureNames,
  measurePicture,
  measurePictures,
} from '../../../../electron/engine/data/picture-measures.ts';
import reference from '../../evaluation/dataset/reference.json' with { type: 'json' };

const folder = mkdtempSync(join(tmpdir(), 'graft-measures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('agrees with numpy on every measure', () => {
  const { rgb, size, ...expected } = reference.picture;
  const measured = measurePicture(Uint8Array.from(rgb), size);
  for (const name of measureNames) expect(measured[name], name).toBeCloseTo(expected[name], 9);
});

it('sees that a blurred copy is less sharp and a dark one less bright; a changed file has no numbers', async () => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919) % 251);
  const original = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const paths = ['sharp.png', 'blurred.png', 'dark.png', 'broken.png'].map((name) => join(folder, name));
  await original.clone().png().toFile(paths[0]!);
  await original.clone().blur(2).png().toFile(paths[1]!);
  await original.clone().linear(0.3, 0).png().toFile(paths[2]!);
  writeFileSync(paths[3]!, 'no picture');
  const items = paths.map((path) => ({
    path,
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  }));
  const { measures: rows, turned } = await measurePictures(folder, items);
  const of = (row: number, name: (typeof measureNames)[number]) =>
    rows[row * measureNames.length + measureNames.indexOf(name)]!;
  expect(of(1, 'sharpness')).toBeLessThan(of(0, 'sharpness') - 1);
  expect(of(2, 'brightness')).toBeCloseTo(0.3 * of(0, 'brightness'), 1);
  expect(of(3, 'brightness')).toBeNaN();
  expect(turned.map((hash) => hash.length)).toEqual([16, 16, 16, 0]);
  // From the cache now: the file itself is not needed any more.
  rmSync(paths[0]!);
  const again = await measurePictures(folder, items.slice(0, 2));
  expect([...again.measures]).toEqual([...rows.subarray(0, 2 * measureNames.length)]);
  expect(again.turned).toEqual(turned.slice(0, 2));
});
