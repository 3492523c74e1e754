import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import type { Item, Project } from '../../../shared/contract/index.ts';
import { openProject } from '../../../electron/store/open.ts';
import type { TrainResult } from '../../../electron/engine/protocol.ts';
import { anItem } from '../store/a-project.ts';
import { labWithItems, nextEvent, type TestLab } from './a-lab.ts';

const recipe = defaultRecipe('scratch-cnn', null, 48);
const project = async ({ lab }: TestLab): Promise<Project> => (await lab.call('projects.current', {}))!;
const names = async (test: TestLab): Promise<string[]> =>
  (await project(test)).classes.map(({ name }) => name);
const labels = async ({ lab }: TestLab, ids: number[]): Promise<Item['classId'][]> =>
  (await lab.call('items.get', { ids })).map(({ classId }) => classId);

/** A trained run of cats and dogs with its test split predicted; answers its id. */
async function trainedRun(test: TestLab & { dir: string; ids: number[] }): Promise<string> {
  const { lab, compute, dir, ids } = test;
  const { id } = await lab.call('runs.start', { recipe });
  writeFileSync(join(dir, 'runs', id, 'weights.safetensors'), 'weights');
  const end = nextEvent(lab, 'run.changed', (run) => run.id === id && run.finishedAt !== null);
  const predicted = { ids: ids.slice(10), probabilities: Float32Array.of(0.9, 0.1, 0.2, 0.8), failed: [] };
  const result: TrainResult = {
    stopped: false,
    seconds: { decode: 1, features: 2, train: 3, evaluate: 0.5 },
    imagesPerSecond: 100,
    params: { trainable: 10, frozen: 20 },
    frozenUnchanged: true,
    bestEpoch: 1,
    device: 'memory',
    predictions: { validation: null, test: predicted },
  };
  (await compute.next('train')).resolve(result);
  await end;
  return id;
}

describe('classes', () => {
  test('begin with the first free digit and colour, and keep both when they are put in another order', async () => {
    const test = await labWithItems();
    for (let i = 3; i <= 10; i++) await test.lab.call('classes.create', { name: `class ${i}` });
    const before = (await project(test)).classes;
    expect(before.map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', null]);
    expect(before.map(({ color }) => color)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const turned = before.map(({ id }) => id).reverse();
    const after = await test.lab.call('classes.arrange', { ids: turned });
    expect(after.map(({ id }) => id)).toEqual(turned);
    expect(after.map(({ key }) => key)).toEqual([null, '9', '8', '7', '6', '5', '4', '3', '2', '1']);
    await expect(test.lab.call('classes.arrange', { ids: turned.slice(1) })).rejects.toMatchObject({
      code: 'class.order',
    });
    await test.lab.call('items.undo', {});
    expect((await project(test)).classes).toEqual(before);
  });

  test('have a key each: one that is taken is told with its class', async () => {
    const { lab } = await labWithItems();
    await lab.call('classes.setKey', { id: 1, key: 'Q' });
    await expect(lab.call('classes.setKey', { id: 2, key: 'Q' })).rejects.toMatchObject({
      code: 'class.key-taken',
      params: { key: 'Q', name: 'cat' },
    });
    await lab.call('classes.setKey', { id: 1, key: null });
    const classes = await lab.call('classes.setKey', { id: 2, key: 'Q' });
    expect(classes.map(({ key }) => key)).toEqual([null, 'Q']);
    for (const key of ['0', 'q', 'QQ', ''])
      await expect(lab.call('classes.setKey', { id: 2, key })).rejects.toMatchObject({
        code: 'request.invalid',
      });
    await lab.call('classes.setColor', { id: 2, color: 6 });
    expect((await lab.call('projects.current', {}))!.classes[1]).toMatchObject({ color: 6, key: 'Q' });
  });

  test('are merged and removed with their labels; undo brings both back, after a restart too', async () => {
    const test = await labWithItems();
    const { lab, ids, dir } = test;
    const before = await labels(test, ids);
    expect(await lab.call('classes.impact', { id: 1 })).toEqual({ items: 6, runs: 0 });
    expect(await lab.call('classes.merge', { id: 1, into: 2 })).toMatchObject({ changed: 6 });
    expect(await names(test)).toEqual(['dog']);
    expect(await labels(test, ids)).toEqual(ids.map(() => 2));
    await expect(lab.call('items.label', { ids, classId: 1 })).rejects.toMatchObject({
      code: 'class.unknown',
    });
    const { project: emptied } = await lab.call('classes.remove', { id: 2 });
    expect(emptied).toMatchObject({ classes: [], counts: { labelled: 0, items: 12 } });

    await lab.call('projects.close', {});
    await lab.call('projects.open', { path: dir });
    expect(await lab.call('items.undo', {})).toMatchObject({ action: 'class-remove', changed: 12 });
    expect(await lab.call('items.undo', {})).toMatchObject({ action: 'class-merge', changed: 6 });
    expect(await names(test)).toEqual(['cat', 'dog']);
    expect(await labels(test, ids)).toEqual(before);
    await lab.call('items.redo', {});
    expect(await names(test)).toEqual(['dog']);
    await expect(lab.call('classes.merge', { id: 2, into: 2 })).rejects.toMatchObject({
      code: 'class.merge-itself',
    });
  });

  test('a removed class returns when one of its name is made, and gives its name away when one is renamed', async () => {
    const test = await labWithItems();
    const { lab, ids } = test;
    await lab.call('classes.remove', { id: 1 });
    const [, again] = await lab.call('classes.create', { name: 'cat' });
    expect(again).toMatchObject({ id: 1, name: 'cat', key: '1', color: 0, count: 0 });
    await lab.call('items.undo', {});
    await lab.call('classes.rename', { id: 2, name: 'cat' });
    expect(await names(test)).toEqual(['cat']);
    await lab.call('items.undo', {});
    expect(await names(test)).toEqual(['dog']);
    await lab.call('items.undo', {});
    expect(await names(test)).toEqual(['cat', 'dog']);
    expect((await labels(test, ids))[0]).toBe(1);
  });

  test('undoing a new class leaves one that an import has used meanwhile', async () => {
    const test = await labWithItems();
    const { lab, dir } = test;
    await lab.call('classes.create', { name: 'bird' });
    await lab.call('projects.close', {});
    const store = openProject(dir);
    store.transaction(() =>
      store.items.insert(anItem('items/bird.jpg', { classId: store.classes.byName('bird')!.id })),
    );
    store.close();
    await lab.call('projects.open', { path: dir });
    expect(await lab.call('items.undo', {})).toMatchObject({ action: 'class-create', item: null });
    expect((await project(test)).classes.map(({ name, count }) => [name, count])).toEqual([
      ['cat', 6],
      ['dog', 6],
      ['bird', 1],
    ]);
  });
});

describe('runs and classes', () => {
  test('a renamed class has its new name in runs, results, predictions and exports', async () => {
    const test = await labWithItems();
    const { lab, compute, dir } = test;
    const run = await trainedRun(test);
    const told = nextEvent(lab, 'run.changed', ({ id }) => id === run);
    await lab.call('classes.rename', { id: 1, name: 'Felis catus' });
    expect((await told).classes).toEqual(['Felis catus', 'dog']);
    expect((await lab.call('runs.get', { id: run })).run.classes).toEqual(['Felis catus', 'dog']);
    const evaluation = await lab.call('evaluations.get', { run });
    expect(evaluation.classes).toEqual(['Felis catus', 'dog']);
    expect(evaluation.report[0]!.name).toBe('Felis catus');

    const predicting = lab.call('predict.images', { run, images: [{ path: join(dir, 'x.jpg') }] });
    (await compute.next('predictImages')).resolve({
      probabilities: [[0.9, 0.1]],
      failed: [null],
      distances: [null],
    });
    expect((await predicting).classes).toEqual(['Felis catus', 'dog']);
    const exporting = lab.call('exports.model', { run, out: join(dir, 'model.onnx') });
    const call = await compute.next('exportModel');
    expect(call.params.card.classes).toEqual(['Felis catus', 'dog']);
    call.resolve({
      format: 'onnx',
      path: join(dir, 'model.onnx'),
      files: ['model.onnx'],
      bytes: 1,
      sha256: '',
      checked: 0,
      agreement: null,
      largestDifference: null,
      msPerImage: null,
      device: 'CPU',
      agrees: null,
      madeAt: '',
    });
    await exporting;
  });

  test('a run of a removed class opens, and is judged on the items of the others', async () => {
    const test = await labWithItems();
    const { lab, compute, ids } = test;
    const run = await trainedRun(test);
    await lab.call('classes.create', { name: 'bird' });
    expect(await lab.call('classes.impact', { id: 1 })).toEqual({ items: 6, runs: 1 });
    await lab.call('classes.remove', { id: 1 });
    expect((await lab.call('evaluations.get', { run })).confusion).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const asked = lab.call('evaluations.get', { run, split: 'validation' });
    const call = await compute.next('predict');
    expect(call.params.items.map(({ id, classIndex }) => [id, classIndex])).toEqual([[ids[9], 1]]);
    call.resolve({ ids: [ids[9]!], probabilities: Float32Array.of(0, 1), failed: [] });
    expect(await asked).toMatchObject({ classes: ['cat', 'dog'], n: 1 });
  });

  test('a run goes on with its own order of classes after they were put in another, and after a rename', async () => {
    const test = await labWithItems();
    const { lab, compute, dir } = test;
    const { id } = await lab.call('runs.start', { recipe });
    const first = await compute.next('train');
    await lab.call('projects.close', {});
    mkdirSync(join(dir, 'runs', id, 'checkpoint'), { recursive: true });
    writeFileSync(join(dir, 'runs', id, 'checkpoint', 'state.json'), '{}');
    await lab.call('projects.open', { path: dir });
    await lab.call('classes.arrange', { ids: [2, 1] });
    await lab.call('classes.rename', { id: 1, name: 'Cat' });
    await lab.call('runs.resume', { id });
    const again = await compute.next('train');
    expect(again.params.items).toEqual(first.params.items);
    expect(again.params.classes).toEqual(['Cat', 'dog']);
  });
});
