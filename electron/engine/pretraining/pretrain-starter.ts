/**
 * Pretrains the starter backbone from nothing: draws its pictures, trains, and writes `resources/starter/`.
 * `npm run pretrain-starter -- [--work <folder>] [--epochs <n>] [--out <folder>]`. Stopped at any time, it goes on
 * from the last whole epoch when it is started again with the same folder.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { Epoch } from '../../../shared/contract/runs/runs.ts';
import { selectBackend } from '../backend/index.ts';
import type { DatasetItem, Places } from '../protocol.ts';
import { writeBeside } from '../tensors/write-beside.ts';
import { RunControl } from '../training/control.ts';
import { saveBackbone } from '../training/network/backbone-file.ts';
import { trainRun } from '../training/session.ts';
import { importWeights } from '../weights/library.ts';
import { drawPictures } from './generate.ts';
import { starterPictures, starterRecipe } from './starter-recipe.ts';

const runName = 'starter';
/** ms between two lines of progress. */
const quietInterval = 30_000;
const root = resolve(import.meta.dirname, '../../..');

const { values: options } = parseArgs({
  options: {
    work: { type: 'string', default: join(tmpdir(), 'graft-starter') },
    epochs: { type: 'string', default: '8' },
    out: { type: 'string', default: join(root, 'resources/starter') },
  },
});
const work = resolve(options.work);
const out = resolve(options.out);
const recipe = starterRecipe(Number(options.epochs));
const places: Places = {
  libraryDir: join(work, 'library'),
  cacheDir: join(work, 'cache'),
  runsDir: join(work, 'runs'),
};
const logPath = join(work, 'epochs.json');

enableProdMode();
const { label: device } = await selectBackend('onnxruntime');
await mkdir(work, { recursive: true });
const { classes, items } = await drawPictures(
  join(work, 'pictures'),
  starterPictures,
  availableParallelism(),
  say,
);
const result = await train(classes, items);
await mkdir(out, { recursive: true });
await saveBackbone(join(places.runsDir, runName), join(out, 'starter.safetensors'));
await writeRecord(result.seconds.train);
console.log(`written to ${out}`);

function say(done: number, total: number): void {
  if (done % 20 === 0 || done === total) console.log(`drawn: ${done} of ${total} classes`);
}

async function train(classes: string[], items: DatasetItem[]) {
  const epochs = await readEpochs();
  const resume = existsSync(join(places.runsDir, runName, 'checkpoint'));
  const request = { run: runName, recipe, classes, items, places, resume, checkpointInterval: 0 };
  let told = performance.now();
  let saving = Promise.resolve();
  const running = trainRun(request, new RunControl(), (report) => {
    if (report.kind === 'epoch') {
      epochs.set(report.epoch.epoch, report.epoch);
      saving = saving.then(() => writeBeside(logPath, JSON.stringify([...epochs.values()])));
      console.log(describe(report.epoch));
    } else if (report.kind === 'progress' && performance.now() - told > quietInterval) {
      told = performance.now();
      const { phase, done, total, imagesPerSecond } = report.progress;
      console.log(`${phase}: ${done} of ${total}, ${imagesPerSecond?.toFixed(0) ?? '-'} pictures/s`);
    }
  });
  const result = await running;
  await saving;
  return result;
}

async function readEpochs(): Promise<Map<number, Epoch>> {
  const text = await readFile(logPath, 'utf8').catch(() => '[]');
  return new Map((JSON.parse(text) as Epoch[]).map((epoch) => [epoch.epoch, epoch]));
}

function describe({ epoch, loss, accuracy, valLoss, valAccuracy, seconds }: Epoch): string {
  const share = (value: number | null) => (value === null ? '-' : `${(100 * value).toFixed(1)} %`);
  return (
    `epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${share(accuracy)}; ` +
    `validation ${valLoss?.toFixed(3) ?? '-'}, ${share(valAccuracy)}; ${seconds.toFixed(0)} s`
  );
}

/** Everything needed to repeat it, and how it went. */
async function writeRecord(secondsOfLastSession: number): Promise<void> {
  const path = join(out, 'starter.safetensors');
  const weights = await readFile(path);
  const { hash } = await importWeights(path, places.libraryDir, runName);
  const record = {
    made: new Date().toISOString(),
    command: `npm run pretrain-starter -- --epochs ${options.epochs}`,
    file: {
      name: 'starter.safetensors',
      bytes: weights.length,
      sha256: createHash('sha256').update(weights).digest('hex'),
    },
    weights: hash,
    pictures: starterPictures,
    recipe,
    machine: {
      cpu: cpus()[0]?.model ?? '',
      processors: availableParallelism(),
      device,
      node: process.version,
    },
    secondsOfLastSession: Math.round(secondsOfLastSession),
    epochs: [...(await readEpochs()).values()],
  };
  await writeBeside(join(out, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
}
