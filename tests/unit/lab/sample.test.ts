import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../../../shared/contract/index.ts';
import type { ScannedEntry } from '../../../electron/engine/protocol.ts';
import { aLab, nextEvent, type TestLab } from './a-lab.ts';
import type { MemoryEngine } from './memory-engine.ts';

/** Answers the scan and the inspection of one domain: a picture of each digit and split. */
async function answerImport(media: MemoryEngine, folder: string): Promise<void> {
  const entries: ScannedEntry[] = (['train', 'validation', 'test'] as const).flatMap((split) =>
    ['0', '1'].map((label) => ({ path: join(folder, split, label, 'a.png'), label, split })),
  );
  const scan = await media.next('scan');
  expect(scan.params.path).toBe(folder);
  scan.progress({ entries, skipped: [] });
  scan.resolve({ entries: entries.length, skipped: 0 });
  const inspect = await media.next('inspect');
  const facts = { broken: null, warnings: [], width: 64, height: 64, bytes: 1, format: 'png', dhash: '' };
  inspect.progress({ inspected: inspect.params.paths.map((path) => ({ path, sha256: path, ...facts })) });
  inspect.resolve(null);
}

async function startSample({
  lab,
  media,
  folder,
}: TestLab): Promise<{ project: Project; job: string | null }> {
  const path = join(folder, 'sample');
  const started = lab.call('projects.sample', { path });
  const drawing = await media.next('sample');
  const folders = { source: join(path, 'items/source'), target: join(path, 'items/target') };
  drawing.progress({ done: 1, total: 2 });
  drawing.resolve(folders);
  await answerImport(media, folders.source);
  await answerImport(media, folders.target);
  return started;
}

/** Ends the run under way as one that learned everything, and returns what it was asked. */
async function endRun(compute: MemoryEngine, stopped = false) {
  const call = await compute.next('train');
  const { run, items, places } = call.params;
  writeFileSync(join(places.runsDir, run, 'weights.safetensors'), 'weights');
  const tested = items.filter(({ split }) => split === 'test');
  call.resolve({
    stopped,
    seconds: { decode: 0, features: 0, train: 0, evaluate: 0 },
    imagesPerSecond: null,
    params: { trainable: 1, frozen: 0 },
    frozenUnchanged: null,
    bestEpoch: 1,
    device: 'memory',
    predictions: {
      validation: null,
      test: {
        ids: tested.map(({ id }) => id),
        probabilities: Float32Array.from(tested.flatMap((item) => (item.classIndex ? [0, 1] : [1, 0]))),
        failed: [],
      },
    },
  });
  return call.params;
}

test('the sample pretrains, judges the target as it is, fine-tunes, and trains from scratch to compare', async () => {
  const sample = aLab();
  const { lab, compute } = sample;
  const { project, job } = await startSample(sample);
  expect(project.collections).toEqual([
    { name: 'printed', items: 6 },
    { name: 'hand-drawn', items: 6 },
  ]);
  const done = nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');

  const pretrained = await endRun(compute);
  expect(pretrained.recipe).toMatchObject({ kind: 'scratch-cnn', data: { collection: 'printed' } });
  const judging = await compute.next('predict');
  expect(judging.params.run).toBe(pretrained.run);
  expect(judging.params.items.map(({ split }) => split)).toEqual(['test', 'test']);
  const ids = judging.params.items.map(({ id }) => id);
  judging.resolve({ ids, probabilities: Float32Array.of(1, 0, 1, 0), failed: [] });

  const transferred = await endRun(compute);
  expect(transferred.recipe).toMatchObject({
    kind: 'fine-tune',
    data: { collection: 'hand-drawn' },
    backbone: { from: 'run', run: pretrained.run },
  });
  const scratch = await endRun(compute);
  expect(scratch.recipe).toMatchObject({
    kind: 'scratch-cnn',
    backbone: null,
    data: { collection: 'hand-drawn' },
  });
  expect(await done).toMatchObject({ status: 'done' });

  const runs = await lab.call('runs.list', {});
  expect(runs.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  const asIs = runs[2]!.summaries.find(({ collection }) => collection === 'hand-drawn');
  expect(asIs).toMatchObject({ split: 'test', accuracy: 0.5 });
});

test('cancelling the sample stops the run under way and starts no other', async () => {
  const sample = aLab();
  const { lab, compute } = sample;
  const { job } = await startSample(sample);
  const training = await compute.next('train');
  const done = nextEvent(lab, 'job.changed', ({ id, status }) => id === job && status !== 'running');
  await lab.call('jobs.cancel', { id: job! });
  expect(training.controls).toEqual(['stop']);
  training.resolve({
    stopped: true,
    seconds: { decode: 0, features: 0, train: 0, evaluate: 0 },
    imagesPerSecond: null,
    params: { trainable: 1, frozen: 0 },
    frozenUnchanged: null,
    bestEpoch: null,
    device: 'memory',
    predictions: { validation: null, test: null },
  });
  expect(await done).toMatchObject({ status: 'cancelled' });
  expect((await lab.call('runs.list', {})).map(({ status }) => status)).toEqual(['stopped']);
});
