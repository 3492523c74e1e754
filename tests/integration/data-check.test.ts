import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { FindingKind } from '../../shared/findings.ts';
import { seededRandom } from '../../shared/random.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent } from './real-lab.ts';

const real = labForThisFile(1);
const { lab } = real;

/** Pictures of random patches in a colour: no two alike, and either colour easily told from the other. */
async function patches(folder: string, colour: [number, number, number], count: number, seed: number) {
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(seed);
  for (let n = 0; n < count; n++) {
    const pixels = Uint8Array.from(
      { length: 6 * 6 * 3 },
      (_, at) => colour[at % 3]! * (0.4 + 0.6 * random()),
    );
    const small = sharp(pixels, { raw: { width: 6, height: 6, channels: 3 } });
    writeFileSync(join(folder, `${n}.png`), await small.resize(96, 96, { kernel: 'cubic' }).png().toBuffer());
  }
}

test('what is planted in a folder is found by the real engine, through the starter backbone', async () => {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  const at = (split: string, label: string) => join(photos, split, label);
  await patches(at('train', 'red'), [230, 40, 40], 20, 1);
  await patches(at('train', 'blue'), [40, 40, 230], 20, 2);
  await patches(at('test', 'red'), [230, 40, 40], 6, 3);
  await patches(at('test', 'blue'), [40, 40, 230], 6, 4);
  // Planted: a wrong label, a leak by a recompressed copy, the same bytes under both classes, an exact copy.
  await patches(join(folder, 'more'), [230, 40, 40], 1, 5);
  copyFileSync(join(folder, 'more', '0.png'), join(at('train', 'blue'), 'really-red.png'));
  await sharp(join(at('train', 'red'), '3.png'))
    .jpeg({ quality: 60 })
    .toFile(join(at('test', 'red'), 'leak.jpg'));
  copyFileSync(join(at('train', 'blue'), '7.png'), join(at('train', 'red'), 'conflict.png'));
  copyFileSync(join(at('train', 'blue'), '9.png'), join(at('train', 'blue'), 'copy.png'));
  await importAndWait(lab, { path: photos });
  expect(readdirSync(at('train', 'red'))).toHaveLength(21);

  const { job } = await lab.call('checks.start', {});
  const { error } = await nextEvent(
    lab,
    'job.changed',
    ({ id, status }) => id === job && status !== 'running',
  );
  expect(error).toBeUndefined();
  const pathsOf = async (kind: FindingKind) => {
    const { findings } = await lab.call('checks.list', { kind, offset: 0, limit: 50 });
    return findings.map(({ items }) => items.map(({ path }) => path.replace('../photos/', '')).sort());
  };
  expect((await lab.call('checks.summary', {})).last).toMatchObject({ items: 56, examined: 56, skipped: '' });
  expect(await pathsOf('conflict')).toEqual([['train/blue/7.png', 'train/red/conflict.png']]);
  expect(await pathsOf('leak')).toEqual([['test/red/leak.jpg', 'train/red/3.png']]);
  expect(await pathsOf('duplicate')).toEqual([['train/blue/9.png', 'train/blue/copy.png']]);
  expect((await pathsOf('label-error')).flat().sort()).toEqual([
    'train/blue/really-red.png',
    'train/red/conflict.png',
  ]);
  // Colour is what tells these classes apart, and a person hears of it.
  const { findings } = await lab.call('checks.list', { kind: 'shift-class', offset: 0, limit: 50 });
  expect(findings.map(({ params }) => `${params.class} ${params.measure} ${params.direction}`)).toContain(
    'red warmth more',
  );
}, 60_000);
