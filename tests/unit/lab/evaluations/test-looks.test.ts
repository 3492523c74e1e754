import { expect, test } from 'vitest';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import { openProject } from '../../../../electron/store/open.ts';
import { labWithItems, nextEvent, type TestLab } from '../a-lab.ts';

const recipe = defaultRecipe('scratch-cnn', null, 48);

/** Trains a run that judges its two validation and two test items. */
async function train(setup: TestLab & { ids: number[] }): Promise<string> {
  return finish(setup, (await setup.lab.call('runs.start', { recipe })).id);
}

async function finish({ lab, compute, ids }: TestLab & { ids: number[] }, run: string): Promise<string> {
  const ended = nextEvent(lab, 'run.changed', ({ id, finishedAt }) => id === run && finishedAt !== null);
  const judged = (from: number) => ({
    ids: ids.slice(from, from + 2),
    probabilities: Float32Array.of(0.9, 0.1, 0.8, 0.2),
    failed: [],
  });
  (await compute.next('train')).resolve({
    stopped: false,
    seconds: { decode: 1, features: 1, train: 1, evaluate: 1 },
    imagesPerSecond: null,
    params: { trainable: 1, frozen: 0 },
    frozenUnchanged: null,
    bestEpoch: 1,
    device: 'memory',
    predictions: { validation: judged(8), test: judged(10) },
  });
  await ended;
  return run;
}

test('looks at test results are counted once per run and session, with when and from where', async () => {
  const setup = await labWithItems();
  const { lab } = setup;
  const [first, second] = [await train(setup), await train(setup)];
  expect(await lab.call('testLooks.get', {})).toMatchObject({ sealed: false, looks: 0, runs: 0 });
  await lab.call('evaluations.get', { run: first, split: 'validation' });
  expect((await lab.call('testLooks.get', {})).looks).toBe(0);
  await lab.call('evaluations.get', { run: first });
  await lab.call('evaluations.get', { run: first });
  await lab.call('evaluations.mistakes', { run: first });
  await lab.call('comparisons.get', { runs: [first, second] });
  const seen = await lab.call('testLooks.get', {});
  expect(seen).toMatchObject({ looks: 2, runs: 2, worn: false });
  expect(seen.latest.map(({ number, via }) => [number, via])).toEqual([
    [2, 'terminal compare'],
    [1, 'terminal results'],
  ]);
});

test('a sealed test split shows in no list and answers no question; the seal can be opened and is noted', async () => {
  const setup = await labWithItems();
  const { lab, dir } = setup;
  const run = await train(setup);
  const shown = async () => (await lab.call('runs.get', { id: run })).run.summaries.map(({ split }) => split);
  expect(await shown()).toEqual(['test', 'validation']);
  expect((await lab.call('testLooks.seal', { sealed: true })).sealed).toBe(true);
  expect(await shown()).toEqual(['validation']);
  const { items } = await lab.call('experiments.list', {
    offset: 0,
    limit: 10,
    columns: ['accuracy', 'testAccuracy'],
  });
  expect(items[0]).toMatchObject({ run: { values: [0.5, null] } });
  for (const ask of [
    () => lab.call('evaluations.get', { run }),
    () => lab.call('evaluations.mistakes', { run, split: 'test' as const }),
    () => lab.call('evaluations.calibration', { run }),
  ]) {
    await expect(ask()).rejects.toMatchObject({ code: 'test.sealed' });
  }
  expect((await lab.call('evaluations.get', { run, split: 'validation' })).n).toBe(2);
  expect((await lab.call('testLooks.get', {})).looks).toBe(0);
  await lab.call('testLooks.seal', { sealed: false });
  expect(await shown()).toEqual(['test', 'validation']);
  await lab.call('projects.close', {});
  const store = openProject(dir);
  expect(store.audit.all().map(({ action }) => action)).toEqual(
    expect.arrayContaining(['test.seal', 'test.open']),
  );
  store.close();
});

test('a sealed test split shows no accuracy of a reproduction, and still whether it came out the same', async () => {
  const setup = await labWithItems();
  const { lab } = setup;
  const original = await train(setup);
  const again = await lab.call('reproductions.start', { run: original });
  await finish(setup, again.id);
  const onTest = async () =>
    (await lab.call('reproductions.get', { run: again.id }))?.predictions.find(
      ({ split }) => split === 'test',
    );
  expect(await onTest()).toMatchObject({ items: 2, changed: 0, accuracy: [0.5, 0.5] });
  await lab.call('testLooks.seal', { sealed: true });
  expect(await onTest()).toMatchObject({ items: 2, changed: 0, accuracy: null });
});

test('a run tells when the present split is no longer the one it was judged on', async () => {
  const setup = await labWithItems();
  const { lab, ids } = setup;
  const run = await train(setup);
  expect(await lab.call('testLooks.splitState', { id: run })).toMatchObject({
    judged: 2,
    moved: 0,
    gone: 0,
    same: true,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  await lab.call('items.setSplit', { ids: [ids[10]!], split: 'train' });
  await lab.call('items.exclude', { ids: [ids[11]!], excluded: true });
  expect(await lab.call('testLooks.splitState', { id: run })).toMatchObject({
    moved: 1,
    gone: 1,
    same: false,
  });
});
