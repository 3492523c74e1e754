import { expect, test } from 'vitest';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import { labWithItems, nextEvent } from '../a-lab.ts';

const recipe = defaultRecipe('scratch-cnn', null, 48);

test('every item is held out once, by a run that neither trains nor stops by it, and all are judged as one', async () => {
  const { lab, compute, ids } = await labWithItems();
  const { group, job } = await lab.call('folds.start', { recipe, folds: 3, name: 'Small set' });
  const ended = nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');
  const held: number[] = [];
  for (let fold = 0; fold < 3; fold++) {
    const { params, resolve } = await compute.next('train');
    const test = params.items.filter(({ split }) => split === 'test');
    expect(params.items).toHaveLength(12);
    expect(test.filter(({ classIndex }) => classIndex === 0)).toHaveLength(2);
    expect(params.items.some(({ split }) => split === 'validation')).toBe(true);
    held.push(...test.map(({ id }) => id));
    // The first fold is answered right, of the others one of four is wrong.
    const probabilities = test.flatMap(({ classIndex }, at) =>
      (fold > 0 && at === 0) !== (classIndex === 0) ? [0.9, 0.1] : [0.2, 0.8],
    );
    resolve({
      stopped: false,
      seconds: { decode: 1, features: 1, train: 1, evaluate: 1 },
      imagesPerSecond: null,
      params: { trainable: 1, frozen: 0 },
      frozenUnchanged: null,
      bestEpoch: 1,
      device: 'memory',
      predictions: {
        validation: null,
        test: {
          ids: test.map(({ id }) => id),
          probabilities: Float32Array.from(probabilities),
          failed: [],
        },
      },
    });
  }
  expect((await ended).status).toBe('done');
  expect(held.sort((a, b) => a - b)).toEqual(ids);
  const result = await lab.call('folds.get', { group });
  expect(result.folds.map(({ n, accuracy }) => [n, accuracy])).toEqual([
    [4, 1],
    [4, 0.75],
    [4, 0.75],
  ]);
  expect(result.pooled).toMatchObject({ n: 12, accuracy: 10 / 12, classes: ['cat', 'dog'] });
  expect(result.pooled!.overFolds.mean).toBeCloseTo(2.5 / 3, 12);
  const runs = await lab.call('runs.list', {});
  expect(new Set(runs.map((run) => run.recipe.data.folds!.held))).toEqual(new Set([0, 1, 2]));
  expect(new Set(runs.map((run) => run.group))).toEqual(new Set([group]));
  // The project's own split is as it was.
  expect((await lab.call('projects.current', {}))!.counts).toMatchObject({
    train: 8,
    validation: 2,
    test: 2,
  });
});

test('more folds than a class has items are refused, naming the class', async () => {
  const { lab } = await labWithItems();
  await expect(lab.call('folds.start', { recipe, folds: 7 })).rejects.toMatchObject({
    code: 'folds.few-items',
    params: { class: 'cat', count: 6, folds: 7 },
  });
});
