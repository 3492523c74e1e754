/**
 * Whether the starter backbone helps: `node tests/bench/starter.ts [--probe] [--tune] [--counts 50,200] …`.
 * On real photographs (../shared/data), for some pictures of each class and five seeds: a linear probe on its frozen
 * features against the same on a random network's, and the network trained on from its weights against from scratch.
 * Adds what it measured to STARTER.json and writes the table STARTER.md beside it.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { selectBackend } from '../../electron/engine/backend/index.ts';
import { importWeights } from '../../electron/engine/weights/library.ts';
import { decodeAll, featuresOf, rowsAt, tunedAccuracy } from './starter/contestants.ts';
import { probeAccuracy } from './starter/linear-probe.ts';
import { drawTraining, listPictures, positionsOf } from './starter/pictures.ts';
import type { LabelledPictures } from './starter/pictures.ts';
import { writeTable } from './starter/table.ts';
import type { Judgement } from './starter/table.ts';

const root = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '../shared/data') },
    weights: { type: 'string', default: join(root, 'resources/starter/starter.safetensors') },
    out: { type: 'string', default: import.meta.dirname },
    sets: { type: 'string', default: 'cats-vs-dogs,dog-breeds' },
    /** Training pictures of each class; those a set has not are left out. */
    counts: { type: 'string', default: '20,50,80,200,1000' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    probe: { type: 'boolean', default: false },
    tune: { type: 'boolean', default: false },
    size: { type: 'string', default: '96' },
    /** Of 32 pictures each, whatever the number of pictures: the same work from the starter's weights and from scratch. */
    steps: { type: 'string', default: '120' },
    rates: { type: 'string', default: '0.001,0.001' },
    split: { type: 'string', default: 'test' },
  },
});
const size = Number(options.size);
const numbers = (text: string): number[] => text.split(',').map(Number);
const seeds = numbers(options.seeds);
const batchSize = 32;
const split = options.split === 'validation' ? 'validation' : 'test';

enableProdMode();
await selectBackend('onnxruntime');
for (const set of options.sets.split(',')) {
  const pictures = listPictures(join(options.data, set));
  const available = pictures.items.filter((item) => item.split === 'train' && item.classIndex === 0).length;
  const counts = numbers(options.counts).filter((count) => count <= available);
  if (options.probe) await judgeProbe(set, pictures, counts);
  if (options.tune) await judgeTuning(set, pictures, counts);
}

async function judgeProbe(set: string, pictures: LabelledPictures, counts: readonly number[]): Promise<void> {
  const pixels = await decodeAll(pictures, size);
  const measure = (features: Float32Array, perClass: number, seed: number): number => {
    const rows = (positions: readonly number[]) => rowsAt(pictures, features, positions);
    const train = rows(drawTraining(pictures, perClass, seed));
    const [validation, test] = [
      rows(positionsOf(pictures, 'validation')),
      rows(positionsOf(pictures, 'test')),
    ];
    return probeAccuracy(train, validation, test, pictures.classes.length);
  };
  const carried = await featuresOf(pictures, pixels, size, { file: options.weights });
  const scores = new Map(
    counts.map((count) => [count, { transfer: [] as number[], baseline: [] as number[] }]),
  );
  for (const seed of seeds) {
    const random = await featuresOf(pictures, pixels, size, { seed });
    for (const [count, { transfer, baseline }] of scores) {
      transfer.push(measure(carried, count, seed));
      baseline.push(measure(random, count, seed));
    }
  }
  for (const [perClass, measured] of scores)
    await keep({ set, method: 'probe', size, perClass, seeds, ...measured });
}

async function judgeTuning(
  set: string,
  pictures: LabelledPictures,
  counts: readonly number[],
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'graft-judge-'));
  const places = {
    libraryDir: join(dir, 'library'),
    cacheDir: join(dir, 'cache'),
    runsDir: join(dir, 'runs'),
  };
  const { hash } = await importWeights(options.weights, places.libraryDir);
  const [carriedRate = 1e-3, scratchRate = 1e-3] = numbers(options.rates);
  for (const perClass of counts) {
    const pictureCount = perClass * pictures.classes.length;
    const epochs = Math.max(1, Math.round((Number(options.steps) * batchSize) / pictureCount));
    const [transfer, baseline]: [number[], number[]] = [[], []];
    for (const seed of seeds) {
      const tune = (weights: string | null, learningRate: number) =>
        tunedAccuracy(
          pictures,
          perClass,
          split,
          { size, epochs, batchSize, learningRate, weights, seed },
          places,
        );
      transfer.push(await tune(hash, carriedRate));
      baseline.push(await tune(null, scratchRate));
      console.log(set, perClass, seed, epochs, transfer.at(-1), baseline.at(-1));
    }
    await keep({ set, method: 'tune', size, perClass, seeds, epochs, transfer, baseline });
  }
  await rm(dir, { recursive: true, force: true });
}

/** Takes the place of an earlier measurement of the same thing. */
async function keep(one: Judgement): Promise<void> {
  await mkdir(options.out, { recursive: true });
  const path = join(options.out, 'STARTER.json');
  const earlier = existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Judgement[]) : [];
  const same = (other: Judgement) =>
    other.set === one.set &&
    other.method === one.method &&
    other.perClass === one.perClass &&
    other.size === one.size;
  const all = [...earlier.filter((other) => !same(other)), one];
  await writeFile(path, `${JSON.stringify(all, null, 1)}\n`);
  await writeFile(join(options.out, 'STARTER.md'), writeTable(all));
  console.log(JSON.stringify(one));
}
