import type { NoveltyRule } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { seededRandom, shuffle } from '../../../shared/random.ts';
import type { DatasetItem } from '../../engine/protocol.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { OpenProject } from '../project-keeper.ts';
import { itemsToEvaluate } from '../runs/dataset.ts';
import { requireModel } from '../runs/run-files.ts';

/** Pictures looked at, at most: more would say little more, and each costs a pass through the network. */
const MOST_TRAINING = 2000;
const MOST_HELD_OUT = 1000;
const NEIGHBOURS = 10;
const SEED = 1;

/**
 * Learns what a run knows from training pictures of its data, with the threshold set on its validation pictures.
 * @throws GraftError run.unfinished, rules.no-validation, evaluation.no-items, novelty.too-few
 */
export async function learnNovelty(
  { jobs, engines }: LabContext,
  project: OpenProject,
  run: RunRow,
  falseAlarms: number,
): Promise<NoveltyRule> {
  requireModel(project, run);
  const of = (split: 'train' | 'validation') =>
    itemsToEvaluate(project, run.classIds, run.recipe.data, split);
  const training = drawnEvenly(of('train'), MOST_TRAINING);
  const heldOut = drawn(validationItems(run, of), MOST_HELD_OUT);
  const about = { kind: 'novelty' as const, subject: run.name, run: run.id };
  const { result } = jobs.start(about, async (job) => {
    const k = Math.min(NEIGHBOURS, training.length);
    const request = { run: run.id, training, heldOut, k, falseAlarms, places: project.places };
    const learned = await requestUntil(
      job.signal,
      engines.compute,
      'learnNovelty',
      request,
      ({ done, total }) => job.progress({ phase: 'features', done, total }),
    );
    return { k, falseAlarms, ...learned };
  });
  return result;
}

function validationItems(run: RunRow, of: (split: 'validation') => DatasetItem[]): DatasetItem[] {
  try {
    return of('validation');
  } catch (error) {
    if (error instanceof GraftError && error.code === 'evaluation.no-items')
      throw new GraftError('rules.no-validation', { name: run.name });
    throw error;
  }
}

const drawn = (items: DatasetItem[], most: number): DatasetItem[] =>
  items.length <= most ? items : shuffle([...items], seededRandom(SEED)).slice(0, most);

/** As many of each class as there is room for, so that a rare class is known too. */
function drawnEvenly(items: DatasetItem[], most: number): DatasetItem[] {
  if (items.length <= most) return items;
  const groups = Map.groupBy(drawn(items, items.length), ({ classIndex }) => classIndex);
  const queues = [...groups.values()];
  const kept: DatasetItem[] = [];
  for (let turn = 0; kept.length < most; turn++) {
    for (const queue of queues) if (queue[turn] && kept.length < most) kept.push(queue[turn]!);
  }
  return kept;
}
