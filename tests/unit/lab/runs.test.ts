import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../../electron/store/open.ts';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { Epoch, Run } from '../../../shared/contract/index.ts';
import type { TrainResult } from '../../../electron/engine/protocol.ts';
import { labWithItems, nextEvent, type TestLab } from './a-lab.ts';

const recipe = defaultRecipe('scratch-cnn', null, 48);
const epoch: Epoch = {
  epoch: 1,
  stage: 0,
  loss: 0.7,
  accuracy: 0.5,
  valLoss: 0.6,
  valAccuracy: 0.5,
  learningRate: 1e-3,
  seconds: 2,
};

function trained(ids: number[], changes: Partial<TrainResult> = {}): TrainResult {
  return {
    stopped: false,
    seconds: { decode: 1, features: 2, train: 3, evaluate: 0.5 },
    imagesPerSecond: 100,
    params: { trainable: 10, frozen: 20 },
    frozenUnchanged: true,
    bestEpoch: 1,
    device: 'memory',
    predictions: {
      validation: null,
      // Items 10 (a cat) and 11 (a dog): both taken for cats.
      test: { ids: ids.slice(10), probabilities: Float32Array.of(0.9, 0.1, 0.8, 0.2), failed: [] },
    },
    ...changes,
  };
}

const ended = ({ lab }: TestLab, id: string): Promise<Run> =>
  nextEvent(lab, 'run.changed', (run) => run.id === id && run.finishedAt !== null);

function leaveCheckpoint(dir: string, id: string): void {
  mkdirSync(join(dir, 'runs', id, 'checkpoint'), { recursive: true });
  writeFileSync(join(dir, 'runs', id, 'checkpoint', 'state.json'), '{}');
}

function leaveModel(dir: string, id: string): void {
  writeFileSync(join(dir, 'runs', id, 'weights.safetensors'), 'weights');
}

test('a run stores its recipe, every epoch, its predictions and its scores', async () => {
  const test = await labWithItems();
  const { lab, compute, dir, ids } = test;
  const run = await lab.call('runs.start', { recipe, name: 'First' });
  expect(run).toMatchObject({ number: 1, name: 'First', status: 'running', classes: ['cat', 'dog'] });
  expect(run.recipe.data).toMatchObject({
    collection: null,
    splitHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(JSON.parse(readFileSync(join(dir, 'runs', run.id, 'recipe.json'), 'utf8'))).toEqual(run.recipe);
  const call = await compute.next('train');
  expect(call.params.items).toHaveLength(12);
  expect(call.params.items[1]).toMatchObject({
    classIndex: 1,
    split: 'train',
    path: join(dir, 'items/1.jpg'),
  });
  const told = nextEvent(lab, 'run.epoch', () => true);
  call.progress({ kind: 'epoch', epoch });
  expect(await told).toEqual({ run: run.id, epoch });
  expect((await lab.call('runs.get', { id: run.id })).epochs).toEqual([epoch]);
  leaveModel(dir, run.id);
  const end = ended(test, run.id);
  call.resolve(trained(ids));
  expect(await end).toMatchObject({
    status: 'done',
    frozenUnchanged: true,
    params: { trainable: 10, frozen: 20 },
    epochs: 1,
    summaries: [{ collection: null, split: 'test', n: 2, accuracy: 0.5, rocAuc: 1 }],
  });
  const evaluation = await lab.call('evaluations.get', { run: run.id });
  expect(evaluation.confusion).toEqual([
    [1, 0],
    [1, 0],
  ]);
  const mistakes = await lab.call('evaluations.mistakes', { run: run.id });
  expect(mistakes).toMatchObject({
    total: 1,
    items: [{ itemId: ids[11], name: '11.jpg', truth: 1, predicted: 0 }],
  });
  expect((await lab.call('evaluations.cell', { run: run.id, truth: 0, predicted: 0 })).total).toBe(1);
  expect((await lab.call('projects.current', {}))?.counts.runs).toBe(1);
});

test('one run trains at a time, and says which', async () => {
  const { lab } = await labWithItems();
  await lab.call('runs.start', { recipe, name: 'Long' });
  await expect(lab.call('runs.start', { recipe })).rejects.toMatchObject({
    code: 'run.busy',
    params: { name: 'Long', number: 1 },
  });
});

test('too little data is refused before anything is stored', async () => {
  const { lab, ids, dir } = await labWithItems();
  const dogs = ids.filter((_, i) => i % 2 === 1);
  await lab.call('items.exclude', { ids: dogs, excluded: true });
  await expect(lab.call('runs.start', { recipe })).rejects.toMatchObject({
    code: 'run.one-class',
    params: { collection: 'Pets', classes: 1 },
  });
  await lab.call('items.setSplit', { ids, split: 'test' });
  await expect(lab.call('runs.start', { recipe })).rejects.toMatchObject({ code: 'run.no-items' });
  const other = { ...recipe, backbone: { from: 'run' as const, run: 'no-such-run' } };
  await expect(lab.call('runs.start', { recipe: other })).rejects.toMatchObject({ code: 'run.unknown' });
  expect(await lab.call('runs.list', {})).toEqual([]);
  expect(existsSync(join(dir, 'runs'))).toBe(false);
});

test('a lost engine interrupts the run, which goes on from its checkpoint with the same data', async () => {
  const test = await labWithItems();
  const { lab, compute, dir, ids } = test;
  const { id } = await lab.call('runs.start', { recipe });
  const call = await compute.next('train');
  call.progress({ kind: 'epoch', epoch });
  leaveCheckpoint(dir, id);
  const lost = ended(test, id);
  call.reject(new GraftError('engine.lost'));
  expect(await lost).toMatchObject({
    status: 'interrupted',
    error: { code: 'engine.lost' },
    resumable: true,
    epochs: 1,
  });
  expect(await lab.call('runs.resume', { id })).toMatchObject({
    status: 'running',
    error: null,
    finishedAt: null,
  });
  const again = await compute.next('train');
  expect(again.params.resume).toBe(true);
  expect(again.params.items).toEqual(call.params.items);
  again.progress({ kind: 'epoch', epoch: { ...epoch, loss: 0.4 } });
  const end = ended(test, id);
  again.resolve(trained(ids));
  expect(await end).toMatchObject({ status: 'done', epochs: 1 });
  expect((await lab.call('runs.get', { id })).epochs[0]?.loss).toBe(0.4);
});

test('a run without a checkpoint, or whose data changed, does not go on', async () => {
  const test = await labWithItems();
  const { lab, compute, dir, ids } = test;
  const { id, name } = await lab.call('runs.start', { recipe });
  const lost = ended(test, id);
  (await compute.next('train')).reject(new GraftError('engine.lost'));
  expect((await lost).resumable).toBe(false);
  await expect(lab.call('runs.resume', { id })).rejects.toMatchObject({
    code: 'run.not-resumable',
    params: { name, status: 'interrupted' },
  });
  leaveCheckpoint(dir, id);
  await lab.call('items.setSplit', { ids: [ids[0]!], split: 'test' });
  await expect(lab.call('runs.resume', { id })).rejects.toMatchObject({ code: 'run.data-changed' });
  await lab.call('items.undo', {});
  expect((await lab.call('runs.resume', { id })).status).toBe('running');
});

test('pause, resume and stop reach the engine, and a stopped run is evaluated', async () => {
  const test = await labWithItems();
  const { lab, compute, ids } = test;
  const { id } = await lab.call('runs.start', { recipe });
  const call = await compute.next('train');
  await lab.call('runs.pause', { id });
  const paused = nextEvent(lab, 'run.changed', ({ status }) => status === 'paused');
  call.progress({ kind: 'paused' });
  await paused;
  await lab.call('runs.resume', { id });
  call.progress({ kind: 'resumed' });
  expect((await lab.call('runs.get', { id })).run.status).toBe('running');
  await lab.call('runs.stop', { id });
  expect(call.controls).toEqual(['pause', 'resume', 'stop']);
  const end = ended(test, id);
  call.resolve(trained(ids, { stopped: true }));
  expect(await end).toMatchObject({ status: 'stopped', summaries: [{ split: 'test' }] });
  await expect(lab.call('runs.pause', { id })).rejects.toMatchObject({ code: 'run.idle' });
});

test('cancelling the job of a run stops it and keeps what was learned', async () => {
  const test = await labWithItems();
  const { lab, compute, ids } = test;
  const { id } = await lab.call('runs.start', { recipe });
  const call = await compute.next('train');
  const job = (await lab.call('jobs.list', {})).find(({ run }) => run === id)!;
  await lab.call('jobs.cancel', { id: job.id });
  expect(call.controls).toEqual(['stop']);
  const end = ended(test, id);
  call.resolve(trained(ids, { stopped: true }));
  expect((await end).status).toBe('stopped');
});

test('closing the project interrupts its run; a killed lab’s run is interrupted when next opened', async () => {
  const { lab, compute, dir } = await labWithItems();
  const { id } = await lab.call('runs.start', { recipe });
  await compute.next('train');
  leaveCheckpoint(dir, id);
  await lab.call('projects.close', {});
  await lab.call('projects.open', { path: dir });
  const { run } = await lab.call('runs.get', { id });
  expect(run).toMatchObject({ status: 'interrupted', resumable: true, error: null });
  expect(await lab.call('jobs.list', {})).toEqual([]);
});

test('a diverged or failed run says why and is not resumable', async () => {
  const test = await labWithItems();
  const { lab, compute, ids } = test;
  const { id, name } = await lab.call('runs.start', { recipe });
  const call = await compute.next('train');
  const end = ended(test, id);
  const nan = { ids: ids.slice(10), probabilities: Float32Array.of(NaN, NaN, 1, 0), failed: [] };
  call.resolve(trained(ids, { predictions: { validation: null, test: nan } }));
  expect(await end).toMatchObject({
    status: 'failed',
    error: { code: 'evaluation.diverged', params: { name } },
    resumable: false,
    summaries: [],
  });
});

test('a deleted run leaves neither row nor folder; one that trains is not deleted', async () => {
  const test = await labWithItems();
  const { lab, compute, dir, ids } = test;
  const { id } = await lab.call('runs.start', { recipe });
  await expect(lab.call('experiments.delete', { ids: [id] })).rejects.toMatchObject({ code: 'run.active' });
  const end = ended(test, id);
  (await compute.next('train')).resolve(trained(ids));
  await end;
  await lab.call('experiments.delete', { ids: [id] });
  expect(existsSync(join(dir, 'runs', id))).toBe(false);
  await expect(lab.call('runs.get', { id })).rejects.toMatchObject({ code: 'run.unknown' });
  expect((await lab.call('runs.start', { recipe })).number).toBe(2);
});

test('another split is predicted once, when it is asked for, and then stored', async () => {
  const test = await labWithItems();
  const { lab, compute, dir, ids } = test;
  const { id, name } = await lab.call('runs.start', { recipe });
  const train = await compute.next('train');
  await expect(lab.call('evaluations.get', { run: id })).rejects.toMatchObject({
    code: 'run.unfinished',
    params: { name, status: 'running' },
  });
  leaveModel(dir, id);
  const end = ended(test, id);
  train.resolve(trained(ids));
  await end;
  const asked = [1, 2].map(() => lab.call('evaluations.get', { run: id, split: 'validation' }));
  const call = await compute.next('predict');
  expect(call.params.items.map((item) => item.id)).toEqual(ids.slice(8, 10));
  call.resolve({ ids: ids.slice(8, 10), probabilities: Float32Array.of(1, 0, 0, 1), failed: [] });
  for (const evaluation of await Promise.all(asked)) expect(evaluation.summary.accuracy).toBe(1);
  const { summaries } = (await lab.call('runs.get', { id })).run;
  expect(summaries.map(({ split }) => split)).toContain('validation');
  expect((await lab.call('evaluations.get', { run: id, split: 'validation' })).n).toBe(2);
  await expect(lab.call('evaluations.get', { run: id, collection: 'other' })).rejects.toMatchObject({
    code: 'evaluation.no-items',
    params: { collection: 'other', split: 'test' },
  });
});

test('scores are worked out once, and anew when the run judges again', async () => {
  const test = await labWithItems();
  const { lab, compute, media, dir, ids } = test;
  const { id } = await lab.call('runs.start', { recipe });
  const train = await compute.next('train');
  leaveModel(dir, id);
  const end = ended(test, id);
  train.resolve(trained(ids));
  await end;
  expect(media.worked).toBe(1);
  const first = await lab.call('evaluations.get', { run: id });
  expect(await lab.call('evaluations.get', { run: id })).toEqual(first);
  expect((await lab.call('evaluations.calibration', { run: id })).n).toBe(2);
  expect(media.worked).toBe(1);
  expect(await lab.call('evaluations.mistakes', { run: id, by: 'loss' })).toMatchObject({ total: 2 });

  await lab.call('projects.close', {});
  const store = openProject(dir);
  const stored = store.predictions.get(id, null, 'test')!;
  store.predictions.put(id, null, 'test', { ...stored, probabilities: Float32Array.of(1, 0, 0, 1) });
  store.close();
  await lab.call('projects.open', { path: dir });
  expect((await lab.call('evaluations.get', { run: id })).summary.accuracy).toBe(1);
  expect(media.worked).toBe(2);
});
