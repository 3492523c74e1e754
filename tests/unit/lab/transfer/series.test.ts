import { expect, test } from 'vitest';
import type { SeriesEnd } from '../../../../shared/contract/index.ts';
import { GraftError } from '../../../../shared/errors.ts';
import { bySeed, withEpochs } from '../../../../shared/recipe/ladder.ts';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import type { TrainResult } from '../../../../electron/engine/protocol.ts';
import { labWithItems, nextEvent, type TestLab } from '../a-lab.ts';

const recipe = withEpochs(defaultRecipe('scratch-cnn', null, 48), 2);
const entries = bySeed([{ key: 'scratch-cnn', recipe }], 2);

/** Takes the first test item for a cat with certainty, and the second with `p`: the first is one, the second not. */
function trained(ids: number[], p: number): TrainResult {
  return {
    stopped: false,
    seconds: { decode: 1, features: 0, train: 3, evaluate: 1 },
    imagesPerSecond: null,
    params: { trainable: 10, frozen: 0 },
    frozenUnchanged: null,
    bestEpoch: 1,
    device: 'memory',
    predictions: {
      validation: null,
      test: { ids: ids.slice(10), probabilities: Float32Array.of(1, 0, p, 1 - p), failed: [] },
    },
  };
}

const ended = ({ lab }: TestLab, id: string) =>
  nextEvent(lab, 'job.changed', (job) => job.id === id && job.status !== 'running');

const start = ({ lab }: TestLab, budgetSeconds: number | null = null) =>
  lab.call('series.start', { kind: 'ladder', name: 'Ladder', entries, budgetSeconds });

test('a series trains one run after the other, in its group', async () => {
  const test = await labWithItems();
  const { group, job } = await start(test);
  const end = ended(test, job);
  for (const p of [0.1, 0.9]) (await test.compute.next('train')).resolve(trained(test.ids, p));
  expect((await end).result).toEqual({ group, failed: 0, left: 0 } satisfies SeriesEnd);

  const runs = await test.lab.call('runs.list', {});
  expect(runs.map(({ name, group: of, recipe: { seed } }) => [name, of, seed])).toEqual([
    ['scratch-cnn, seed 2', group, 2],
    ['scratch-cnn, seed 1', group, 1],
  ]);
  const { rungs, worst } = await test.lab.call('ladder.get', { group });
  expect(rungs).toMatchObject([{ epochs: 2, items: 2, accuracy: { mean: 0.75, count: 2 } }]);
  expect(worst).toBeNull();
});

test('a run that fails keeps no other from its turn, and has another one when the series is resumed', async () => {
  const test = await labWithItems();
  const { group, job } = await start(test);
  const end = ended(test, job);
  (await test.compute.next('train')).reject(new GraftError('run.no-readable-items', { count: 3 }));
  (await test.compute.next('train')).resolve(trained(test.ids, 0.1));
  expect(await end).toMatchObject({ status: 'done', result: { failed: 1 } });

  const again = await test.lab.call('series.resume', { group });
  const resumed = ended(test, again.job);
  const call = await test.compute.next('train');
  expect(call.params.recipe.seed).toBe(1);
  call.resolve(trained(test.ids, 0.1));
  expect(await resumed).toMatchObject({ status: 'done', result: { failed: 0 } });
});

test('what runs have done already is not done again, and asking for the same is the same series', async () => {
  const test = await labWithItems();
  const first = await start(test);
  const end = ended(test, first.job);
  for (const p of [0.1, 0.9]) (await test.compute.next('train')).resolve(trained(test.ids, p));
  await end;
  const plan = await test.lab.call('series.plan', { entries: bySeed([{ key: 'scratch-cnn', recipe }], 3) });
  expect(plan.steps.map(({ run }) => run !== null)).toEqual([true, true, false]);
  expect(plan.steps.slice(0, 2).map(({ seconds }) => seconds)).toEqual([0, 0]);
  // Another seed takes as long as the last one took: 5 s, and what judging it took.
  expect(plan.steps[2]?.seconds).toBeCloseTo(5, 0);
  expect(plan.seconds).toBe(plan.steps[2]?.seconds);
  const second = await start(test);
  expect(second.group).toBe(first.group);
  expect(await ended(test, second.job)).toMatchObject({ status: 'done' });
  expect(await test.lab.call('runs.list', {})).toHaveLength(2);
});

test('no run begins once the time budget is spent', async () => {
  const test = await labWithItems();
  const { job } = await start(test, 5);
  const end = ended(test, job);
  (await test.compute.next('train')).resolve(trained(test.ids, 0.1));
  expect((await end).result).toMatchObject({ failed: 0, left: 1 });
});

test('a series that is stopped keeps its run, and goes on from there', async () => {
  const test = await labWithItems();
  const { group, job } = await start(test);
  const end = ended(test, job);
  const call = await test.compute.next('train');
  await test.lab.call('jobs.cancel', { id: job });
  expect(call.controls).toEqual(['stop']);
  call.resolve({ ...trained(test.ids, 0.1), stopped: true });
  expect((await end).status).toBe('cancelled');
  await expect(test.lab.call('series.resume', { group: 'nobody' })).rejects.toMatchObject({
    code: 'group.unknown',
  });
  const { steps } = await test.lab.call('ladder.get', { group });
  expect(steps.map(({ run }) => run)).toEqual([null, null]);
});
