import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../../electron/lab/lab.ts';
import type { Job, Run, TransferCheck } from '../../../shared/contract/index.ts';
import { recipeSchema, type Recipe, type RecipeInput } from '../../../shared/recipe/recipe.ts';
import { drawTask, type Task } from './pictures.ts';

export interface Amounts {
  /** Pictures of each class: of the sources, and of the target to train on and to test on. */
  source: number;
  train: number;
  test: number;
  epochs: { source: number; target: number };
  seeds: number;
}

export interface Judged {
  source: Task;
  /** Accuracy of the pretrained network on pictures of its own task it has not seen. */
  sourceAccuracy: number;
  check: TransferCheck;
}

const sources = ['other-shapes', 'plain-colours'] as const satisfies readonly Task[];

const shared = {
  input: { size: 32 },
  scratch: { channels: [16, 32, 64] },
  head: { pooling: 'avg', hidden: [64], dropout: 0 },
} satisfies Partial<RecipeInput>;

const adam = { name: 'adam', learningRate: 1e-3 } as const;

function pretraining(collection: Task, epochs: number): Recipe {
  const stage = { train: { what: 'all' as const }, epochs, batchSize: 32, optimizer: adam };
  return recipeSchema.parse({
    ...shared,
    kind: 'scratch-cnn',
    data: { collection },
    backbone: null,
    stages: [stage],
    seed: 1,
  } satisfies RecipeInput);
}

/** What a source taught, frozen, below a new head. */
function features(run: string, epochs: number): Recipe {
  const stage = { train: { what: 'head' as const }, epochs, batchSize: 16, optimizer: adam };
  return recipeSchema.parse({
    ...shared,
    kind: 'features',
    data: { collection: 'shapes' satisfies Task },
    backbone: { from: 'run', run },
    stages: [stage],
    seed: 1,
  } satisfies RecipeInput);
}

/**
 * Carries two sources over to telling shapes apart, a related one and one that has nothing to do with it, and has the
 * lab check whether it helped: with the same network from scratch, and with random frozen weights.
 */
export async function judgeSources(
  lab: Lab,
  { source, train, test, epochs, seeds }: Amounts,
): Promise<Judged[]> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-transfer-'));
  try {
    await lab.call('projects.create', { path: join(folder, 'project'), name: 'Transfer' });
    await bringIn(lab, join(folder, 'shapes'), 'shapes', { train, validation: Math.ceil(train / 4), test });
    const judged: Judged[] = [];
    for (const task of sources) {
      await bringIn(lab, join(folder, task), task, { train: source, validation: 10, test: 20 });
      const taught = await trained(lab, pretraining(task, epochs.source));
      const carried = await trained(lab, features(taught.id, epochs.target));
      const { job } = await lab.call('transfer.check', { run: carried.id, seeds });
      await ended(lab, job);
      const check = await lab.call('transfer.get', { run: carried.id });
      judged.push({ source: task, sourceAccuracy: accuracyOf(taught), check });
    }
    return judged;
  } finally {
    await lab.call('projects.close', {});
    await rm(folder, { recursive: true, force: true });
  }
}

const accuracyOf = ({ summaries }: Run): number =>
  summaries.find(({ split }) => split === 'test')?.accuracy ?? NaN;

async function bringIn(lab: Lab, path: string, task: Task, counts: Parameters<typeof drawTask>[2]) {
  await drawTask(path, task, counts);
  const { job } = await lab.call('items.import', { path, kind: 'folder', copy: false, collection: task });
  await ended(lab, job);
}

async function trained(lab: Lab, recipe: Recipe): Promise<Run> {
  const { id } = await lab.call('runs.start', { recipe });
  const isEnd = (run: Run) => run.id === id && run.status !== 'running';
  const run = await new Promise<Run>((resolve) => {
    const stop = lab.on('run.changed', (changed) => {
      if (!isEnd(changed)) return;
      stop();
      resolve(changed);
    });
  });
  if (run.status !== 'done') throw new Error(`A run ${run.status}: ${JSON.stringify(run.error)}`);
  return run;
}

async function ended(lab: Lab, id: string): Promise<void> {
  const job = await new Promise<Job>((resolve, reject) => {
    const look = (changed: Job) => {
      if (changed.id === id && changed.status !== 'running') resolve(changed);
    };
    lab.on('job.changed', look);
    lab.call('jobs.list', {}).then((jobs) => jobs.forEach(look), reject);
  });
  if (job.status !== 'done') throw new Error(`A job ${job.status}: ${JSON.stringify(job.error)}`);
}
