import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seriesEndSchema } from '../../shared/contract/runs/series.ts';
import type { Job } from '../../shared/contract/index.ts';
import { freezingProofSchema } from '../../shared/contract/runs/runs.ts';
import { defaultRecipe, recipeSchema } from '../../shared/recipe/recipe.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

const real = labForThisFile(2);
const { lab } = real;

async function projectOfColours(): Promise<string> {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  await paintPictures(join(photos, 'red'), [200, 20, 20], 20);
  await paintPictures(join(photos, 'blue'), [20, 20, 200], 20);
  await importAndWait(lab, { path: photos });
  return folder;
}

const plain = defaultRecipe('scratch-cnn', null, 32);
const recipe = recipeSchema.parse({
  ...plain,
  scratch: { channels: [8] },
  head: { ...plain.head, hidden: [8] },
  stages: plain.stages.map((stage) => ({ ...stage, epochs: 2, batchSize: 8 })),
});

const jobEnded = (id: string): Promise<Job> =>
  nextEvent(lab, 'job.changed', (job) => job.id === id && job.status !== 'running');

test('a sweep trains what is not done yet, and goes on where it was cut short', async () => {
  const folder = await projectOfColours();
  const space = {
    base: recipe,
    axes: [
      { field: 'learningRate', values: [1e-3, 1e-2] },
      { field: 'head.dropout', values: [0, 7] },
    ],
    seeds: [1, 2],
  };
  const plan = await lab.call('sweeps.plan', { space });
  expect(plan).toMatchObject({ combinations: 4, runs: 4, done: 0, seconds: null });
  expect(plan.invalid).toHaveLength(2);

  // A budget that the first run uses up leaves the others for later.
  const short = await lab.call('sweeps.start', { space, name: 'Rates', budgetSeconds: 0.001 });
  const { result } = await jobEnded(short.job);
  expect(seriesEndSchema.parse(result)).toEqual({ group: short.group, failed: 0, left: 3 });

  await lab.call('projects.close', {});
  await lab.call('projects.open', { path: join(folder, 'project') });
  expect(await lab.call('sweeps.plan', { space })).toMatchObject({ runs: 4, done: 1 });
  const again = await lab.call('sweeps.start', { space, name: 'Rates' });
  await jobEnded(again.job);

  const found = await lab.call('sweeps.get', { group: again.group });
  expect(found.points.map(({ key, runs }) => [key, runs.map(({ seed }) => seed)])).toEqual([
    ['learningRate=0.001 · dropout=0', [1, 2]],
    ['learningRate=0.01 · dropout=0', [1, 2]],
  ]);
  const best = found.points.find(({ key }) => key === found.best)!;
  for (const { validation } of found.points)
    expect(best.validation!.mean).toBeGreaterThanOrEqual(validation!.mean);
  expect(found.front.seconds).toContain(found.best);
  expect(best.size).toBeGreaterThan(1000);
  // Four runs in all: the one of the first try was not made again.
  expect(await lab.call('runs.list', {})).toHaveLength(4);
  const bundled = await lab.call('experiments.list', { bundle: 'recipe', offset: 0, limit: 10 });
  expect(bundled.items.map((row) => row.what === 'bundle' && row.bundle.count)).toEqual([2, 2]);
});

test('a run made again is identical to the bit, and says so; changed data and weights are found', async () => {
  const folder = await projectOfColours();
  const { id } = await lab.call('runs.start', { recipe, name: 'First' });
  await nextEvent(lab, 'run.changed', (run) => run.id === id && run.finishedAt !== null);
  expect(await lab.call('reproductions.check', { run: id })).toEqual([]);
  expect(await lab.call('reproductions.get', { run: id })).toBeNull();

  const again = await lab.call('reproductions.start', { run: id });
  await nextEvent(lab, 'run.changed', (run) => run.id === again.id && run.finishedAt !== null);
  const found = (await lab.call('reproductions.get', { run: again.id }))!;
  expect(found).toMatchObject({ comparable: true, identical: true, firstEpoch: null, differences: [] });
  expect(found.weights).toMatchObject({ different: [] });
  expect(found.predictions.map(({ split, largest, changed }) => [split, largest, changed])).toEqual([
    ['validation', 0, 0],
    ['test', 0, 0],
  ]);

  // Another weight in one layer of the original.
  const proofFile = join(folder, 'project', 'runs', id, 'freezing.json');
  const proof = freezingProofSchema.parse(JSON.parse(readFileSync(proofFile, 'utf8')));
  proof.layers[0]!.after = 'f'.repeat(64);
  writeFileSync(proofFile, JSON.stringify(proof));
  const changed = (await lab.call('reproductions.get', { run: again.id }))!;
  expect(changed).toMatchObject({ identical: false, weights: { different: [proof.layers[0]!.layer] } });

  const { items } = await lab.call('items.list', { offset: 0, limit: 1 });
  await lab.call('items.exclude', { ids: [items[0]!.id], excluded: true });
  const differences = await lab.call('reproductions.check', { run: id });
  expect(differences.map(({ what }) => what)).toEqual(['revision', 'split', 'items']);
});
