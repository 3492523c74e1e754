import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRecipe } from '../../shared/recipe/recipe.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

const real = labForThisFile(1);
const { lab } = real;

const ended = async (job: string) =>
  nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');

test('every picture is held out by one fold, and a learning curve is measured on validation', async () => {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  await paintPictures(join(photos, 'red'), [190, 20, 20], 24);
  await paintPictures(join(photos, 'blue'), [20, 20, 190], 24);
  await importAndWait(lab, { path: photos });

  const recipe = defaultRecipe('scratch-cnn', null, 32);
  const stages = recipe.stages.map((stage) => ({ ...stage, epochs: 1 }));
  const started = await lab.call('folds.start', { recipe: { ...recipe, stages }, folds: 3 });
  expect((await ended(started.job)).error).toBeUndefined();
  const { folds, pooled } = await lab.call('folds.get', { group: started.group });
  expect(folds).toHaveLength(3);
  const { counts } = (await lab.call('projects.current', {}))!;
  expect(folds.reduce((sum, { n }) => sum + n, 0)).toBe(counts.labelled);
  const right = folds.reduce((sum, { n, accuracy }) => sum + n * accuracy!, 0);
  expect(pooled!.n).toBe(counts.labelled);
  expect(pooled!.accuracy).toBeCloseTo(right / counts.labelled, 9);

  const { job } = await lab.call('learningCurve.start', {});
  expect((await ended(job)).error).toBeUndefined();
  const { curve } = await lab.call('learningCurve.get', {});
  expect([curve!.trained, curve!.tested]).toEqual([counts.train, counts.validation]);
  // Red and blue are told apart from the features of any backbone.
  expect(curve!.accuracy).toBe(1);
  expect(curve!.measured.at(-1)!.items).toBe(counts.train);
  expect(curve!.forecasts.at(-1)!.items).toBe(2 * counts.train);
}, 60_000);
