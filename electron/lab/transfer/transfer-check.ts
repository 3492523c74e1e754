import type { GainVerdict, SeriesEntry, Split, TransferCheck } from '../../../shared/contract/index.ts';
import { isTransfer, matchedBaselines, type Body } from '../../../shared/recipe/baselines.ts';
import { epochsOf } from '../../../shared/recipe/ladder.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import { GraftError } from '../../../shared/errors.ts';
import { predictedClasses } from '../../evaluation/predictions.ts';
import { pairedAccuracyInterval, type PairedCounts } from '../../evaluation/significance/paired-accuracy.ts';
import { transferGain, verdictOf } from '../../evaluation/significance/repeats.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { rowOf } from '../runs/runs.ts';
import { asPredictions } from '../evaluations/scores.ts';
import { DoneRuns } from './done-runs.ts';
import type { SeriesService } from './series.ts';
import { planSeries } from './series-plan.ts';

type Baseline = TransferCheck['baselines'][number];

/** Did transfer help? Runs that carry something over, against the same task with nothing carried over. */
export function transferHandlers(lab: LabContext, series: SeriesService): HandlersOf<'transfer'> {
  return {
    async 'transfer.get'({ run: id }) {
      const project = lab.projects.current;
      const run = rowOf(project, id);
      return checkOf(project, run, await bodyOf(lab, run.recipe));
    },
    async 'transfer.plan'({ run, seeds }) {
      return planSeries(lab, await entriesOf(lab, run, seeds));
    },
    async 'transfer.check'({ run: id, seeds }) {
      await lab.devices.settled;
      const entries = await entriesOf(lab, id, seeds);
      const { name } = rowOf(lab.projects.current, id);
      return series.start({ kind: 'transfer', name, params: { entries, checked: id } });
    },
  };
}

/**
 * The run and its baselines under its own seed and those after it.
 * @throws GraftError transfer.nothing-carried for a run from scratch
 */
async function entriesOf(lab: LabContext, id: string, seeds: number): Promise<SeriesEntry[]> {
  const run = rowOf(lab.projects.current, id);
  const { recipe } = run;
  if (!isTransfer(recipe)) throw new GraftError('transfer.nothing-carried', { name: run.name });
  const body = await bodyOf(lab, recipe);
  const asked = { ...recipe, data: { collection: recipe.data.collection } };
  return Array.from({ length: seeds }, (_, index) => recipe.seed + index).flatMap((seed) => [
    { key: 'transferred', seed, recipe: { ...asked, seed } },
    ...matchedBaselines({ ...recipe, seed }, body).map(({ kind, recipe: matched }) => ({
      key: kind,
      seed,
      recipe: matched,
    })),
  ]);
}

/** The network under a run's head. A run that is gone cannot be followed: then it is as an imported one. */
async function bodyOf(lab: LabContext, { backbone, scratch }: Recipe): Promise<Body> {
  if (backbone === null) return { is: 'scratch-cnn', channels: scratch.channels };
  if (backbone.from === 'run') {
    const source = lab.projects.current.store.runs.byId(backbone.run);
    return source ? bodyOf(lab, source.recipe) : { is: 'imported' };
  }
  const { engines, libraryDir } = lab;
  const zoo = await engines.media.request('zooList', { libraryDir }).result;
  const { arch, alpha } = backbone;
  const known = zoo.find(({ id }) => id === arch);
  return known && !known.frozenOnly ? { is: 'zoo', arch, alpha } : { is: 'imported' };
}

function checkOf(project: OpenProject, run: RunRow, body: Body): TransferCheck {
  const done = new DoneRuns(project);
  const transferred = done.everySeed(run.recipe);
  if (run.status === 'done') transferred.set(run.recipe.seed, run);
  const split = splitOf(project, run.id);
  const baselines = matchedBaselines(run.recipe, body).map(({ kind, recipe }) =>
    judge(project, kind, split, transferred, done.everySeed(recipe)),
  );
  const n = project.store.summaries
    .ofRun(run.id)
    .find((one) => one.split === split && one.collection === null)?.n;
  return {
    run: run.id,
    split,
    epochs: epochsOf(run.recipe),
    items: n ?? 0,
    baselines,
    verdict: overall(baselines.flatMap(({ gain }) => gain?.verdict ?? [])),
  };
}

/** Test where the run was judged on it, else validation. */
function splitOf({ store }: OpenProject, run: string): Split {
  const own = store.summaries.ofRun(run).filter(({ collection }) => collection === null);
  return own.some(({ split }) => split === 'test') ? 'test' : (own[0]?.split ?? 'test');
}

function judge(
  project: OpenProject,
  kind: Baseline['kind'],
  split: Split,
  transferred: ReadonlyMap<number, RunRow>,
  baselines: ReadonlyMap<number, RunRow>,
): Baseline {
  const accuracyOf = ({ id }: RunRow) =>
    project.store.summaries.ofRun(id).find((one) => one.split === split && one.collection === null)?.accuracy;
  const pairs = [...transferred].flatMap(([seed, run]) => {
    const other = baselines.get(seed);
    const [accuracy, least] = [accuracyOf(run), other && accuracyOf(other)];
    if (!other || accuracy === undefined || least === undefined) return [];
    const [own, base] = [
      { run: run.id, accuracy },
      { run: other.id, accuracy: least },
    ];
    return [{ seed, transferred: own, baseline: base }];
  });
  pairs.sort((a, b) => a.seed - b.seed);
  return { kind, pairs, gain: gainOf(project, split, pairs) };
}

/** Over the seeds where there are several, else over the items: one pair of runs shows no spread over seeds. */
function gainOf(project: OpenProject, split: Split, pairs: Baseline['pairs']): Baseline['gain'] {
  const [first] = pairs;
  if (!first) return null;
  if (pairs.length > 1) {
    const { gain, interval, verdict } = transferGain(
      pairs.map(({ transferred }) => transferred.accuracy),
      pairs.map(({ baseline }) => baseline.accuracy),
    );
    return { gain, interval, verdict, over: 'seeds', seeds: pairs.length };
  }
  const counts = pairedCounts(
    hitsOf(project, first.transferred.run, split),
    hitsOf(project, first.baseline.run, split),
  );
  const n = counts.bothCorrect + counts.onlyFirst + counts.onlySecond + counts.bothWrong;
  if (n === 0) return null;
  const interval = pairedAccuracyInterval(counts);
  const gain = (counts.onlySecond - counts.onlyFirst) / n;
  return { gain, interval, verdict: verdictOf(interval), over: 'items', seeds: 1 };
}

/** Whether a run was right, by item. */
function hitsOf(project: OpenProject, id: string, split: Split): Map<number, boolean> {
  const stored = project.store.predictions.get(id, null, split);
  if (!stored) return new Map();
  const predicted = predictedClasses(asPredictions(rowOf(project, id), stored));
  return new Map([...stored.ids].map((item, row) => [item, predicted[row] === stored.truths[row]]));
}

/** The baseline is the first, the transferred run the second: a difference is second - first. */
function pairedCounts(transferred: Map<number, boolean>, baseline: Map<number, boolean>): PairedCounts {
  const counts: PairedCounts = { bothCorrect: 0, onlyFirst: 0, onlySecond: 0, bothWrong: 0 };
  for (const [item, first] of baseline) {
    const second = transferred.get(item);
    if (second === undefined) continue;
    counts[first && second ? 'bothCorrect' : first ? 'onlyFirst' : second ? 'onlySecond' : 'bothWrong']++;
  }
  return counts;
}

function overall(verdicts: readonly GainVerdict[]): GainVerdict | null {
  if (verdicts.length === 0) return null;
  if (verdicts.includes('negative')) return 'negative';
  return verdicts.includes('unproven') ? 'unproven' : 'positive';
}
