import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import { namedRecipe } from '../../shared/recipe/recipes.ts';
import { seededRandom } from '../../shared/random.ts';
import { selectBackend } from '../../electron/engine/backend/index.ts';
import type { DatasetItem } from '../../electron/engine/protocol.ts';
import { rankCorrelation } from '../../electron/evaluation/explanation/rank-correlation.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { explain } from '../../electron/engine/training/explanation/explain.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { placesIn } from './plain-pictures.ts';

/** A picture is of the class of the one coloured spot in it, wherever that is: the map must find the spot. */

const side = 64;
const spot = 20;
const classes = ['red', 'green'];
const random = seededRandom(11);
let folder: string;

interface Spotted extends DatasetItem {
  x: number;
  y: number;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-explain-'));
  await selectBackend('onnxruntime');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function spotted(id: number): Promise<Spotted> {
  const classIndex = id % 2;
  const [x, y] = [0, 0].map(() => Math.floor(random() * (side - spot))) as [number, number];
  const noise = Uint8Array.from({ length: side * side * 3 }, () => 90 + random() * 60);
  const background = classIndex === 0 ? { r: 220, g: 40, b: 90 } : { r: 40, g: 220, b: 90 };
  const input = await sharp({ create: { width: spot, height: spot, channels: 3, background } })
    .png()
    .toBuffer();
  const png = await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .composite([{ input, left: x, top: y }])
    .png()
    .toBuffer();
  const path = join(folder, `${id}.png`);
  await writeFile(path, png);
  const sha256 = createHash('sha256').update(png).digest('hex');
  return { id, path, sha256, classIndex, split: id < 120 ? 'train' : 'test', x, y };
}

it('the map of a trained network lies on what tells the classes apart, and is another one than with random weights', async () => {
  const items = await Promise.all(Array.from({ length: 136 }, (_, id) => spotted(id)));
  const recipe = namedRecipe('scratch-cnn', { backbone: null, inputSize: side, cut: '', blocks: [] });
  const stages = recipe.stages.map((stage) => ({ ...stage, epochs: 6 }));
  const request = {
    run: 'spots',
    recipe: recipeSchema.parse({ ...recipe, stages }),
    classes,
    items: items.map(({ x: _x, y: _y, ...item }) => item),
    places: placesIn(folder),
    resume: false,
  };
  await trainRun(request, new RunControl(), () => undefined);

  const asked = items.slice(120);
  const broken = { name: 'broken.png', data: new TextEncoder().encode('no picture') };
  const told = await explain(
    join(request.places.runsDir, 'spots'),
    {
      run: 'spots',
      images: [...asked.map(({ path }) => ({ name: path, path })), broken],
      classIndex: null,
      places: request.places,
    },
    new RunControl(),
  );
  const { height, width, pictures, randomised } = told;
  const found = asked.filter(({ classIndex, x, y }, at) => {
    const { map, classIndex: explained } = pictures[at]!;
    const peak = map.indexOf(Math.max(...map));
    const [px, py] = [
      ((peak % width) + 0.5) * (side / width),
      (Math.floor(peak / width) + 0.5) * (side / height),
    ];
    const cell = side / width;
    const near = (p: number, from: number) => p > from - cell && p < from + spot + cell;
    return explained === classIndex && near(px, x) && near(py, y);
  });
  expect(found.length).toBeGreaterThanOrEqual(14);
  expect(randomised).toBe('network');
  const alike = pictures.slice(0, 16).map(({ map, random }) => rankCorrelation(map, random));
  expect(alike.reduce((sum, one) => sum + one, 0) / alike.length).toBeLessThan(0.6);
  expect(pictures.at(-1)!.failed).toBe('not-an-image');
});
