import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { splits } from '../../shared/contract/projects.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { RecipeInput } from '../../shared/recipe/recipe.ts';
import { namedRecipe } from '../../shared/recipe/recipes.ts';
import { selectBackend } from '../../electron/engine/backend/index.ts';
import { generateSample } from '../../electron/engine/data/sample/generate.ts';
import type { SampleDomain } from '../../electron/engine/data/sample/generate.ts';
import type { DatasetItem, Places } from '../../electron/engine/protocol.ts';
import { readSafetensors } from '../../electron/engine/tensors/safetensors.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { keepBackbone } from '../../electron/engine/training/network/backbone-file.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { listWeights } from '../../electron/engine/weights/library.ts';

/** Pretraining on a labelled source, and carrying what was learned over to other pictures without the head. */

const counts = {
  source: { train: 6, validation: 2, test: 0 },
  target: { train: 3, validation: 0, test: 2 },
};
let folder: string;
let places: Places;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-keep-'));
  places = {
    libraryDir: join(folder, 'library'),
    cacheDir: join(folder, 'cache'),
    runsDir: join(folder, 'runs'),
  };
  await generateSample(folder, { seed: 5, counts });
  await selectBackend('onnxruntime');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function sampleItems(domain: SampleDomain): Promise<{ classes: string[]; items: DatasetItem[] }> {
  const classes = (await readdir(join(folder, domain, 'train'))).sort();
  const items: DatasetItem[] = [];
  for (const split of splits) {
    for (const [classIndex, name] of classes.entries()) {
      const dir = join(folder, domain, split, name);
      for (const file of await readdir(dir).catch(() => [])) {
        const path = join(dir, file);
        const sha256 = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        items.push({ id: items.length, path, sha256, classIndex, split });
      }
    }
  }
  return { classes, items };
}

async function train(run: string, domain: SampleDomain, recipe: RecipeInput) {
  const data = await sampleItems(domain);
  const request = { run, recipe: recipeSchema.parse(recipe), ...data, places, resume: false };
  return trainRun(request, new RunControl(), () => undefined);
}

const bodyOf = async (run: string) => {
  const { tensors } = await readSafetensors(join(places.runsDir, run, 'weights.safetensors'));
  return new Map([...tensors].filter(([name]) => name.startsWith('body/')));
};

it('a backbone pretrained from random weights is kept, and carried over unchanged by another project', async () => {
  const start = {
    backbone: { from: 'library' as const, arch: 'starter', weights: null, alpha: 1 },
    inputSize: 16,
    cut: 'stage3',
    blocks: [],
  };
  const recipe = namedRecipe('pretrain', start);
  await train('source', 'source', {
    ...recipe,
    stages: recipe.stages.map((stage) => ({ ...stage, epochs: 1 })),
  });
  const kept = await keepBackbone(join(places.runsDir, 'source'), 'Printed: 1/2', places.libraryDir);
  expect(kept).toMatchObject({
    architecture: 'starter',
    withTop: false,
    sourceName: 'Printed_ 1_2.safetensors',
  });
  expect((await listWeights(places.libraryDir)).map(({ hash }) => hash)).toEqual([kept.hash]);

  const backbone = { ...start.backbone, weights: kept.hash };
  const features = namedRecipe('features', { ...start, backbone });
  const result = await train('target', 'target', features);
  expect(result.frozenUnchanged).toBe(true);
  expect(await bodyOf('target')).toEqual(await bodyOf('source'));
});

it('a network that is none of the zoo is refused by name', async () => {
  const recipe = namedRecipe('scratch-cnn', { backbone: null, inputSize: 24, cut: '', blocks: [] });
  await train('scratch', 'target', {
    ...recipe,
    stages: recipe.stages.map((stage) => ({ ...stage, epochs: 1 })),
  });
  const keep = keepBackbone(join(places.runsDir, 'scratch'), 'scratch', places.libraryDir);
  await expect(keep).rejects.toMatchObject({ code: 'weights.run-not-zoo', params: { kind: 'scratch-cnn' } });
  await expect(keepBackbone(join(places.runsDir, 'nothing'), 'x', places.libraryDir)).rejects.toMatchObject({
    code: 'model.missing',
  });
});
