import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { splits } from '../../shared/contract/projects.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import { namedRecipe } from '../../shared/recipe/recipes.ts';
import { selectBackend } from '../../electron/engine/backend/index.ts';
import { generateSample } from '../../electron/engine/data/sample/generate.ts';
import { zooHandlers } from '../../electron/engine/handlers/zoo.ts';
import { createCall } from '../../electron/engine/handlers/context.ts';
import type { DatasetItem } from '../../electron/engine/protocol.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { loadWeights } from '../../electron/engine/weights/load.ts';
import { openLibrary } from '../../electron/engine/weights/library.ts';
import { installStarter, starterFolder, starterRecord } from '../../electron/engine/weights/starter.ts';
import { architecture } from '../../electron/engine/zoo/registry.ts';

/** The backbone that comes with Graft, from its file to a transfer with nothing else there. */

const mostBytes = 8e6;
let folder: string;
let libraryDir: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graft-starter-'));
  libraryDir = join(folder, 'library');
  await selectBackend('onnxruntime');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is the file its record says, small enough to ship, with the recipe and the log of how it came about', async () => {
  const { file } = await starterRecord();
  const path = join(starterFolder(), file.name);
  expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(file.sha256);
  expect(statSync(path).size).toBe(file.bytes);
  expect(file.bytes).toBeLessThan(mostBytes);
  const record = JSON.parse(readFileSync(join(starterFolder(), 'record.json'), 'utf8'));
  const recipe = recipeSchema.parse(record.recipe);
  expect(recipe.backbone).toMatchObject({ arch: 'starter', weights: null });
  expect(record.epochs.map(({ epoch }: { epoch: number }) => epoch)).toEqual(
    Array.from({ length: recipe.stages[0]?.epochs ?? 0 }, (_, epoch) => epoch + 1),
  );
});

it('is in the zoo with its weights when nothing was ever imported', async () => {
  const cards = await zooHandlers.zooList(
    { libraryDir },
    createCall<'zooList'>(() => undefined),
  );
  const installed = cards.flatMap((card) => card.installed);
  const { weights } = await starterRecord();
  expect(installed).toMatchObject([{ id: weights, arch: 'starter', withTop: false }]);
  const remove = zooHandlers.weightsRemove(
    { id: weights, libraryDir },
    createCall<'weightsRemove'>(() => undefined),
  );
  await expect(remove).rejects.toMatchObject({ code: 'weights.starter-stays' });
  expect(installed[0]?.params).toBe(cards.find(({ id }) => id === 'starter')?.params);
});

it('gives finite features of its width that differ from picture to picture', async () => {
  const { source } = await openLibrary(libraryDir, await installStarter(libraryDir));
  const { model } = architecture('starter').build({ inputSize: 96 });
  await loadWeights(model, source);
  source.close();
  const pixels = Float32Array.from({ length: 2 * 96 * 96 * 3 }, (_, at) =>
    Math.sin(at * (at < 27648 ? 0.01 : 0.37)),
  );
  const output = model.predict(tensor4d(pixels, [2, 96, 96, 3])) as Tensor;
  expect(output.shape).toEqual([2, 6, 6, architecture('starter').featureWidth(1)]);
  const values = output.dataSync();
  expect(values.every(Number.isFinite)).toBe(true);
  expect(values.subarray(0, values.length / 2)).not.toEqual(values.subarray(values.length / 2));
  model.dispose();
});

it('is refused when its file is not the one that was published', async () => {
  const damaged = join(folder, 'damaged');
  mkdirSync(damaged);
  const { file } = await starterRecord();
  copyFileSync(join(starterFolder(), 'record.json'), join(damaged, 'record.json'));
  const bytes = readFileSync(join(starterFolder(), file.name));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
  writeFileSync(join(damaged, file.name), bytes);
  const elsewhere = join(folder, 'elsewhere');
  await expect(installStarter(elsewhere, damaged)).rejects.toMatchObject({
    code: 'weights.starter-damaged',
    params: { expected: file.sha256 },
  });
  const { weights } = await starterRecord();
  expect(await installStarter(elsewhere)).toBe(weights);
});

const counts = {
  source: { train: 1, validation: 0, test: 0 },
  target: { train: 12, validation: 1, test: 10 },
};

it('learns ten hand-drawn glyphs from twelve pictures of each, without a backbone from elsewhere', async () => {
  const { target } = await generateSample(join(folder, 'sample'), { seed: 9, counts });
  const classes = readdirSync(join(target, 'train')).sort();
  const items: DatasetItem[] = splits.flatMap((split) =>
    classes.flatMap((name, classIndex) => {
      const dir = join(target, split, name);
      return readdirSync(dir).map((file) => {
        const path = join(dir, file);
        const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
        return { id: 0, path, sha256, classIndex, split };
      });
    }),
  );
  items.forEach((item, id) => (item.id = id));
  const { weights } = await starterRecord();
  const backbone = { from: 'library' as const, arch: 'starter', weights, alpha: 1 };
  // A library that has nothing yet: a recipe alone must be enough.
  const places = {
    libraryDir: join(folder, 'fresh'),
    cacheDir: join(folder, 'cache'),
    runsDir: join(folder, 'runs'),
  };
  const recipe = namedRecipe('features', { backbone, inputSize: 64, cut: 'stage3', blocks: [] });
  const request = { run: 'glyphs', recipe, classes, items, places, resume: false };
  const { predictions, frozenUnchanged } = await trainRun(request, new RunControl(), () => undefined);
  expect(frozenUnchanged).toBe(true);
  const { ids, probabilities } = predictions.test!;
  const right = ids.filter((id, row) => {
    const shares = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    return shares.indexOf(Math.max(...shares)) === items[id]?.classIndex;
  });
  const chance = 1 / classes.length;
  expect(right.length / ids.length).toBeGreaterThan(3 * chance);
});
