import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../../../shared/contract/index.ts';
import { recipeSchema } from '../../../shared/recipe/recipe.ts';
import type { BackbonePass } from '../../../electron/engine/protocol.ts';
import { aLab, labWithItems, nextEvent } from './a-lab.ts';
import type { TestLab } from './a-lab.ts';

const backbone = { arch: 'mobilenet_v2', alpha: 1, inputSize: 160 };
const device = 'CPU, 2 threads';

async function measure({ lab, compute }: TestLab, pass: BackbonePass, inputSize = backbone.inputSize) {
  const answer = lab.call('zoo.measure', { ...backbone, inputSize });
  const call = await compute.next('measure');
  expect(call.params).toMatchObject({ ...backbone, inputSize });
  call.resolve({ ...pass, device });
  return answer;
}

/** A run that computed its features from scratch and saw how fast the backbone was. */
async function run({ lab, compute }: TestLab, pass: BackbonePass | null): Promise<Run> {
  const recipe = recipeSchema.parse({
    kind: 'features',
    backbone: { from: 'library', arch: backbone.arch, weights: 'a'.repeat(64) },
    input: { size: backbone.inputSize },
    stages: [{ train: { what: 'head' }, epochs: 1, optimizer: { learningRate: 1e-3 } }],
  });
  const { id } = await lab.call('runs.start', { recipe });
  const ended = nextEvent(lab, 'run.changed', (one) => one.id === id && one.finishedAt !== null);
  (await compute.next('train')).resolve({
    stopped: false,
    seconds: { decode: 0, features: 0, train: 0, evaluate: 0 },
    imagesPerSecond: null,
    params: { trainable: 1, frozen: 1 },
    frozenUnchanged: true,
    bestEpoch: 1,
    device,
    pass,
    predictions: { validation: null, test: null },
  });
  return ended;
}

test('a measurement is kept with its date, the latest of a backbone, size and device', async () => {
  const here = aLab();
  expect(await here.lab.call('zoo.speeds', {})).toEqual([]);
  const told = nextEvent(here.lab, 'zoo.changed', () => true);
  const first = await measure(here, { msPerImage: 9, memory: 3e8, batch: 32 });
  await told;
  expect(first).toMatchObject({ ...backbone, device, msPerImage: 9, memory: 3e8, from: 'measurement' });
  expect(Math.abs(Date.parse(first.at) - Date.now())).toBeLessThan(60_000);
  await measure(here, { msPerImage: 5, memory: 2e8, batch: 32 }, 96);
  // A process that still held room could not tell the memory: what is known stays.
  await measure(here, { msPerImage: 8, memory: null, batch: 32 });
  const speeds = await here.lab.call('zoo.speeds', {});
  expect(speeds.map(({ inputSize, msPerImage, memory }) => [inputSize, msPerImage, memory])).toEqual([
    [160, 8, 3e8],
    [96, 5, 2e8],
  ]);
});

test('a run shows the speed by the way, and does not take the place of a measurement', async () => {
  const here = await labWithItems();
  expect((await run(here, null)).status).toBe('done');
  expect(await here.lab.call('zoo.speeds', {})).toEqual([]);
  await run(here, { msPerImage: 20, memory: null, batch: 32 });
  expect(await here.lab.call('zoo.speeds', {})).toMatchObject([{ ...backbone, msPerImage: 20, from: 'run' }]);
  await run(here, { msPerImage: 18, memory: null, batch: 32 });
  expect(await here.lab.call('zoo.speeds', {})).toMatchObject([{ msPerImage: 18 }]);
  await measure(here, { msPerImage: 9, memory: 3e8, batch: 32 });
  await run(here, { msPerImage: 25, memory: null, batch: 32 });
  expect(await here.lab.call('zoo.speeds', {})).toMatchObject([{ msPerImage: 9, from: 'measurement' }]);
});

test('nothing is measured while a run trains: both would be slow', async () => {
  const here = await labWithItems();
  const { lab } = here;
  const recipe = { kind: 'scratch-cnn', backbone: null, input: { size: 32 } } as const;
  const stages = [{ train: { what: 'all' as const }, epochs: 1, optimizer: { learningRate: 1e-3 } }];
  await lab.call('runs.start', { recipe: { ...recipe, stages }, name: 'Long' });
  await expect(lab.call('zoo.measure', backbone)).rejects.toMatchObject({ code: 'run.busy' });
});

test('a damaged file of speeds is an empty one', async () => {
  const here = aLab();
  await measure(here, { msPerImage: 9, memory: null, batch: 32 });
  writeFileSync(join(here.folder, 'data', 'speeds.json'), '[{"arch":');
  expect(await here.lab.call('zoo.speeds', {})).toEqual([]);
});
