import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRecipe, recipeSchema } from '../../shared/recipe/recipe.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

const real = labForThisFile(2);
const { lab, compute } = real;

/** Red and blue squares: a task any network learns in a few steps. */
async function projectOfColours(): Promise<string> {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  await paintPictures(join(photos, 'red'), [200, 20, 20], 20);
  await paintPictures(join(photos, 'blue'), [20, 20, 200], 20);
  await importAndWait(lab, { path: photos });
  return folder;
}

function smallRecipe(epochs: number) {
  const recipe = defaultRecipe('scratch-cnn', null, 32);
  return recipeSchema.parse({
    ...recipe,
    head: { ...recipe.head, hidden: [8] },
    stages: recipe.stages.map((stage) => ({ ...stage, epochs, batchSize: 8 })),
  });
}

const ended = (id: string) =>
  nextEvent(lab, 'run.changed', (run) => run.id === id && run.finishedAt !== null);

test('train, see results, close, open again: everything is there, and a new picture is predicted', async () => {
  const folder = await projectOfColours();
  const recipe = smallRecipe(6);
  expect(await lab.call('runs.plan', { recipe })).toMatchObject({
    items: { train: 28, validation: 6, test: 6 },
    classes: ['blue', 'red'],
    frozenParams: 0,
  });
  const { id } = await lab.call('runs.start', { recipe, name: 'Colours' });
  const run = await ended(id);
  expect(run).toMatchObject({ status: 'done', error: null, epochs: 6 });
  const evaluation = await lab.call('evaluations.get', { run: id });
  expect(evaluation.summary.accuracy).toBe(1);

  await lab.call('projects.close', {});
  await lab.call('projects.open', { path: join(folder, 'project') });
  expect((await lab.call('runs.list', {}))[0]).toEqual(run);
  expect((await lab.call('runs.get', { id })).epochs).toHaveLength(6);
  expect(await lab.call('evaluations.get', { run: id })).toEqual(evaluation);

  await paintPictures(join(folder, 'new'), [210, 30, 10], 1);
  const missing = join(folder, 'new', 'missing.png');
  const { predictions, classes } = await lab.call('predict.images', {
    run: id,
    images: [{ path: join(folder, 'new', '0.png') }, { path: missing }],
  });
  expect(classes[predictions[0]!.predicted!]).toBe('red');
  expect(predictions[1]).toMatchObject({
    name: 'missing.png',
    predicted: null,
    error: { code: 'image.broken' },
  });

  const learned = await lab.call('rules.learnNovelty', { run: id, falseAlarms: 0.3 });
  expect(learned.novelty).toMatchObject({ k: 10, bank: 28, items: 6, falseAlarms: 0.3 });
  await paintPictures(join(folder, 'strange'), [90, 215, 90], 1);
  const images = ['new', 'strange'].map((name) => ({ path: join(folder, name, '0.png') }));
  const [known, strange] = (await lab.call('predict.images', { run: id, images })).predictions;
  expect(strange!.novelty!.distance).toBeGreaterThan(3 * known!.novelty!.distance);
  expect(strange!.novelty!.unlike).toBe(true);
  await lab.call('rules.forgetNovelty', { run: id });
  expect((await lab.call('predict.images', { run: id, images })).predictions[1]!.novelty).toBeNull();
});

test('kill -9 of the engine in mid-epoch: the run is interrupted, earlier runs are intact, and it goes on', async () => {
  await projectOfColours();
  const first = await lab.call('runs.start', { recipe: smallRecipe(1), name: 'Earlier' });
  const earlier = await ended(first.id);
  expect(earlier.status).toBe('done');

  const { id } = await lab.call('runs.start', { recipe: smallRecipe(10_000), name: 'Long' });
  const states: string[] = [];
  lab.on('engine.changed', ({ state }) => states.push(state));
  await checkpointed(id);
  const interrupted = ended(id);
  process.kill(compute.pid!, 'SIGKILL');
  expect(await interrupted).toMatchObject({
    status: 'interrupted',
    error: { code: 'engine.lost' },
    resumable: true,
  });
  expect((await lab.call('runs.get', { id: first.id })).run).toEqual(earlier);

  const before = (await lab.call('runs.get', { id })).epochs.length;
  expect((await lab.call('runs.resume', { id })).status).toBe('running');
  await nextEvent(lab, 'run.epoch', ({ epoch }) => epoch.epoch > before);
  const stopped = ended(id);
  await lab.call('runs.stop', { id });
  expect(await stopped).toMatchObject({ status: 'stopped', summaries: [{}, {}] });
  expect(states).toContain('lost');
  expect(states.at(-1)).toBe('ready');
});

/** Waits for an epoch after which the run has a checkpoint: it is asked for at every epoch. */
async function checkpointed(id: string): Promise<void> {
  const project = (await lab.call('projects.current', {}))!;
  // The folder is there as soon as the first one is being written; its state comes last.
  const checkpoint = join(project.path, 'runs', id, 'checkpoint', 'state.json');
  await nextEvent(lab, 'run.epoch', ({ run }) => run === id && existsSync(checkpoint));
}
