import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../../shared/contract/index.ts';
import { namedRecipe } from '../../shared/recipe/recipes.ts';
import type { RecipeName } from '../../shared/recipe/recipes.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import { torchNet } from '../unit/engine/weights/graphs/torch-net.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

/** An imported ONNX network as a backbone, the whole way through the lab. */

const real = labForThisFile(2);
const { lab, dataDir } = real;

async function recipeWith(name: RecipeName, weights: string): Promise<Recipe> {
  const card = (await lab.call('zoo.list', {})).find(({ installed }) =>
    installed.some(({ id }) => id === weights),
  );
  if (!card) throw new Error('It is not in the zoo');
  const recipe = namedRecipe(name, {
    backbone: { from: 'library', arch: card.id, weights, alpha: 1 },
    inputSize: card.inputSize,
    cut: card.defaultCut,
    blocks: card.blocks.map(({ id }) => id),
  });
  const stages = recipe.stages.map((stage) => ({
    ...stage,
    epochs: 30,
    batchSize: 8,
    optimizer: { ...stage.optimizer, learningRate: 0.1 },
  }));
  return recipeSchema.parse({ ...recipe, head: { ...recipe.head, hidden: [], dropout: 0 }, stages });
}

async function trained(recipe: Recipe): Promise<Run> {
  const { id } = await lab.call('runs.start', { recipe, name: 'Graph' });
  return nextEvent(lab, 'run.changed', (run) => run.id === id && run.finishedAt !== null);
}

test('is inspected, imported, trained on, kept with the run, and never trained itself', async () => {
  const folder = await freshProject(real);
  for (const [name, colour] of Object.entries({ red: [200, 20, 20], blue: [20, 20, 200] }))
    await paintPictures(join(folder, 'photos', name), colour as [number, number, number], 20);
  await importAndWait(lab, { path: join(folder, 'photos') });

  const path = join(folder, 'torch.onnx');
  writeFileSync(path, torchNet({ batch: 'batch', size: 32 }));
  const inspection = await lab.call('zoo.inspect', { path });
  expect(inspection).toMatchObject({ layout: 'NCHW', size: 32, defaultCut: 'flat', preprocessing: 'torch' });
  const entry = await lab.call('zoo.import', { path, graph: { preprocessing: 'unit' } });
  expect(entry).toMatchObject({ format: 'onnx', source: 'torch.onnx', params: 112 });
  const [card] = (await lab.call('zoo.list', {})).filter(({ frozenOnly }) => frozenOnly);
  expect(card).toMatchObject({
    id: entry.arch,
    title: 'torch',
    featureWidth: 4,
    inputSize: 32,
    installed: [entry],
  });
  const layers = await lab.call('zoo.layers', { arch: entry.arch, inputSize: 32 });
  expect(layers).toMatchObject([
    { name: 'network', params: 112, outputShape: [1, 1, 4], macs: 16 * 16 * 108 },
  ]);

  const speed = await lab.call('zoo.measure', { arch: entry.arch, alpha: 1, inputSize: 32 });
  expect(speed.arch).toBe(entry.arch);

  const recipe = await recipeWith('features', entry.id);
  expect(await lab.call('runs.plan', { recipe })).toMatchObject({
    frozenParams: 112,
    trainableParams: 10,
    featureWidth: 4,
  });
  const run = await trained(recipe);
  expect(run).toMatchObject({ status: 'done', error: null, frozenUnchanged: true });
  expect((await lab.call('evaluations.get', { run: run.id })).summary.accuracy).toBe(1);

  const tuned = await trained(await recipeWith('fine-tune', entry.id));
  expect(tuned).toMatchObject({
    status: 'failed',
    error: { code: 'recipe.frozen-only', params: { name: 'torch.onnx' } },
  });

  await lab.call('zoo.remove', { id: entry.id });
  const without = lab.call('runs.plan', { recipe });
  await expect(without).rejects.toMatchObject({
    code: 'weights.not-in-library',
    params: { hash: entry.arch },
  });
  expect((await lab.call('zoo.list', {})).some(({ frozenOnly }) => frozenOnly)).toBe(false);
  expect(existsSync(join(dataDir, 'weights', `${entry.id}.onnx`))).toBe(false);
  const image = { path: join(folder, 'photos', 'red', '0.png') };
  const { predictions, classes } = await lab.call('predict.images', { run: run.id, images: [image] });
  expect(classes[predictions[0]?.predicted ?? -1]).toBe('red');

  const out = join(folder, 'out.onnx');
  const exported = await lab.call('exports.model', { run: run.id, out });
  expect(exported).toMatchObject({ agreement: 1, agrees: true });
  expect(exported.largestDifference).toBeLessThan(1e-5);

  const kept = join(folder, 'project', 'runs', run.id, 'backbone.onnx');
  const bytes = readFileSync(kept);
  bytes[bytes.indexOf('conv.weight') + 14]! ^= 1;
  writeFileSync(kept, bytes);
  await lab.call('app.restartEngine', {}); // It keeps the model of the last prediction open.
  const altered = lab.call('predict.images', { run: run.id, images: [image] });
  await expect(altered).rejects.toMatchObject({ code: 'weights.damaged' });
});
