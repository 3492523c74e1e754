import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ModelCard } from '../../shared/contract/index.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import type { DatasetItem, Places } from '../../electron/engine/protocol.ts';

export const classes = ['dark', 'light'];

/** What goes with a model of these classes into an export. */
export function cardOf(recipe: Recipe, temperature = 1): Omit<ModelCard, 'input'> {
  return {
    graft: 1,
    classes,
    output: 'probabilities',
    temperature,
    operatingPoint: null,
    unknown: null,
    run: { id: '0001-abc', number: 1, name: 'Run' },
    recipe,
    madeBy: 'Graft 0.0.0',
  };
}

export function placesIn(folder: string): Places {
  return {
    libraryDir: join(folder, 'library'),
    cacheDir: join(folder, 'cache'),
    runsDir: join(folder, 'runs'),
  };
}

/** Plain pictures of 40 pixels, dark and light in turn, as files in `folder`; the first `training` of them train. */
export function plainPictures(folder: string, count: number, training: number): Promise<DatasetItem[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i): Promise<DatasetItem> => {
      const path = join(folder, `${i}.png`);
      const level = i % 2 === 0 ? 40 + i : 180 + i;
      const background = { r: level, g: level / 2, b: 255 - level };
      await sharp({ create: { width: 40, height: 40, channels: 3, background } })
        .png()
        .toFile(path);
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return { id: i + 1, path, sha256, classIndex: i % 2, split: i < training ? 'train' : 'validation' };
    }),
  );
}
