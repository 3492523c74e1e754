import { join } from 'node:path';
import type { Project } from '../../shared/contract/index.ts';
import { defaultRecipe, recipeSchema, type Recipe, type Stage } from '../../shared/recipe.ts';
import type { LabContext } from './context.ts';
import { requestUntil, throwIfCancelled } from './engine-call.ts';
import { startImport } from './items/import.ts';
import type { JobControls } from './jobs.ts';
import type { EvaluationService } from './runs/evaluations.ts';
import type { RunService } from './runs/runs.ts';

/** The two domains of the sample: plentiful clean print, and few pictures as if drawn by hand. */
export const SOURCE = 'printed';
export const TARGET = 'hand-drawn';

const SEED = 42;
const INPUT_SIZE = 48;
/** Of all three networks, so that only what was carried over differs. Dropout, because the target is small. */
const HEAD: Recipe['head'] = { pooling: 'flatten', hidden: [512], dropout: 0.5 };
/** The three stages and the comparison, in the order a person meets them. */
const NAMES = {
  pretrain: '1 Pretrain on printed',
  transfer: '2 Fine-tune on hand-drawn',
  scratch: '3 From scratch on hand-drawn',
};

export interface SampleServices {
  runs: RunService;
  evaluations: EvaluationService;
}

/** Draws the sample into the open project, imports both domains and, if asked, starts its runs as a job. */
export async function fillSample(
  lab: LabContext,
  services: SampleServices,
  train: boolean,
): Promise<{ project: Project; job: string | null }> {
  const folders = await drawSample(lab);
  for (const [collection, path] of [
    [SOURCE, folders.source],
    [TARGET, folders.target],
  ] as const) {
    await startImport(lab, { path, kind: 'folder', copy: false, collection }).result;
  }
  const project = lab.projects.describeCurrent();
  if (!train) return { project, job: null };
  const { job } = lab.jobs.start({ kind: 'sample', subject: project.name }, (controls) =>
    trainSample(services, controls),
  );
  return { project, job: job.id };
}

function drawSample(lab: LabContext): Promise<{ source: string; target: string }> {
  const dir = join(lab.projects.current.dir, 'items');
  return lab.jobs.start({ kind: 'sample', subject: dir }, ({ signal, progress }) =>
    requestUntil(signal, lab.engines.media, 'sample', { dir, seed: SEED }, ({ done, total }) =>
      progress({ phase: 'draw', done, total }),
    ),
  ).result;
}

/**
 * Pretrains on the source, applies that to the target as it is, fine-tunes on the target, and trains the same
 * network from scratch on the target: whether transfer helped, and by how much.
 */
async function trainSample({ runs, evaluations }: SampleServices, job: JobControls): Promise<unknown> {
  const run = async (step: number, recipe: Recipe, name: string) => {
    throwIfCancelled(job.signal);
    job.progress({ phase: `stage-${step}`, done: step - 1, total: 4 });
    const started = runs.start(recipe, name);
    const stop = () => runs.stopIfTraining(started.run.id);
    job.signal.addEventListener('abort', stop, { once: true });
    const finished = await started.finished.finally(() => job.signal.removeEventListener('abort', stop));
    return finished.id;
  };
  const pretrained = await run(1, scratchRecipe(SOURCE), NAMES.pretrain);
  job.progress({ phase: 'stage-2', done: 1, total: 4 });
  await evaluations.judge({ run: pretrained, collection: TARGET, split: 'test' });
  const transferred = await run(3, transferRecipe(pretrained), NAMES.transfer);
  const scratch = await run(4, scratchRecipe(TARGET), NAMES.scratch);
  return { pretrained, transferred, scratch };
}

/** The baseline network from random weights; where pictures are few, it takes many epochs to leave chance. */
export function scratchRecipe(collection: typeof SOURCE | typeof TARGET): Recipe {
  const recipe = defaultRecipe('scratch-cnn', null, INPUT_SIZE);
  const epochs = collection === SOURCE ? 4 : 30;
  return recipeSchema.parse({
    ...recipe,
    data: { collection },
    head: HEAD,
    stages: recipe.stages.map((stage) => ({ ...stage, epochs })),
  });
}

/** The pretrained network carried over: a new head learns to read its features first, then all learn together. */
export function transferRecipe(pretrained: string): Recipe {
  const recipe = defaultRecipe('fine-tune', { from: 'run', run: pretrained }, INPUT_SIZE, 'block1');
  const [first] = recipe.stages as [Stage];
  const { optimizer } = first;
  return recipeSchema.parse({
    ...recipe,
    data: { collection: TARGET },
    head: HEAD,
    stages: [
      { ...first, epochs: 6, batchSize: 32 },
      {
        train: { what: 'all' },
        epochs: 14,
        batchSize: 32,
        optimizer: { ...optimizer, learningRate: optimizer.learningRate / 2 },
      },
    ],
  });
}
