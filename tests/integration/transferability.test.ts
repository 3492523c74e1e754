import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultRecipe } from '../../shared/recipe/recipe.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

const real = labForThisFile(1);
const { lab } = real;

it('estimates how well the installed backbones would transfer, and holds it against runs later', async () => {
  const folder = await freshProject(real);
  for (const [name, colour] of [
    ['red', [200, 30, 30]],
    ['blue', [30, 30, 200]],
  ] as const) {
    for (const [split, count] of [
      ['train', 8],
      ['test', 3],
    ] as const)
      await paintPictures(
        join(folder, 'pictures', split, name),
        [...colour],
        count + Number(split === 'test'),
      );
  }
  await importAndWait(lab, { path: join(folder, 'pictures'), kind: 'folder', copy: false });
  expect((await lab.call('transferability.get', {})).advice).toBeNull();

  const { job } = await lab.call('transferability.start', {});
  const end = await nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');
  expect(end).toMatchObject({ status: 'done' });
  const { advice, record } = await lab.call('transferability.get', {});
  expect(advice).toMatchObject({ classes: 2, stale: false, failed: [] });
  expect(record.advices).toBe(0);
  const starter = advice!.backbones.find(({ arch }) => arch === 'starter')!;
  const { cuts, cka, items, leep } = starter.estimate;
  expect(items).toBe(16);
  // The starter comes without its classifier.
  expect(leep).toBeNull();
  expect(cuts.at(-1)?.above).toBeNull();
  for (const { probe, neighbours, logMe, hScore, likeness } of cuts) {
    // Two plain colours: nothing is easier.
    expect([probe?.value, neighbours?.value]).toEqual([1, 1]);
    expect(Number.isFinite(logMe)).toBe(true);
    expect(hScore).toBeGreaterThan(0);
    expect(likeness).toBeGreaterThan(0.5);
  }
  cka.forEach((row, at) => {
    expect(row[at]).toBe(1);
    row.forEach((value, other) => expect(value).toBeCloseTo(cka[other]![at]!, 6));
  });

  const { arch, weights, alpha } = starter;
  const recipe = defaultRecipe('features', { from: 'library', arch, weights, alpha }, starter.inputSize);
  recipe.stages[0]!.epochs = 2;
  const { id } = await lab.call('runs.start', { recipe });
  const run = await nextEvent(lab, 'run.changed', (one) => one.id === id && one.status !== 'running');
  const later = await lab.call('transferability.get', {});
  const same = later.advice!.backbones.find((one) => one.weights === weights);
  expect(same?.outcome).toEqual({ accuracy: run.summaries[0]?.accuracy, runs: 1 });
}, 120_000);
