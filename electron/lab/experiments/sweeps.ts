import type { SeriesStep, Sweep, SweepPlan, SweepPoint } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { paretoFront } from '../../../shared/pareto.ts';
import type { BackboneSource } from '../../../shared/recipe/recipe.ts';
import { scratchBlocks } from '../../../shared/recipe/recipes.ts';
import {
  expandSweep,
  type BackboneFacts,
  type Expansion,
  type SweepSpace,
} from '../../../shared/recipe/sweep.ts';
import { summarizeRepeats } from '../../evaluation/significance/repeats.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { DoneRuns } from '../transfer/done-runs.ts';
import { planSeries, stepsOf } from '../transfer/series-plan.ts';
import type { SeriesService } from '../transfer/series.ts';

/** Combinations that make no recipe and are named one by one; the rest are counted. */
const MOST_NAMED = 50;

/** Repeats over seeds and searches over recipe fields: a series of runs, selected by validation alone. */
export function sweepHandlers(lab: LabContext, series: SeriesService): HandlersOf<'sweeps'> {
  return {
    async 'sweeps.plan'({ space }) {
      return planSweep(lab, await expanded(lab, space));
    },
    /** @throws GraftError sweep.empty, sweep.too-large, recipe.invalid, run.busy */
    async 'sweeps.start'({ space, name, budgetSeconds }) {
      await lab.devices.settled;
      const { entries, invalid } = await expanded(lab, space);
      if (entries.length === 0) throw new GraftError('sweep.empty', { problem: invalid[0]?.problem ?? '' });
      const kind = space.axes.length === 0 ? ('repeats' as const) : ('sweep' as const);
      return series.start({ kind, name, params: { entries, budgetSeconds } });
    },
    /** @throws GraftError group.unknown */
    'sweeps.get': ({ group }) => describeSweep(lab.projects.current, series, group),
  };
}

async function planSweep(lab: LabContext, expansion: Expansion): Promise<SweepPlan> {
  const { entries, invalid, combinations, duplicates } = expansion;
  const { steps, seconds } = await planSeries(lab, entries);
  return {
    combinations,
    runs: entries.length,
    done: steps.filter(({ run }) => run !== null).length,
    duplicates,
    invalid: invalid.slice(0, MOST_NAMED),
    seconds,
  };
}

async function expanded(
  { engines, libraryDir, projects }: LabContext,
  space: SweepSpace,
): Promise<Expansion> {
  const zoo = await engines.media.request('zooList', { libraryDir }).result;
  const { store } = projects.current;
  const know = (source: BackboneSource): BackboneFacts | null => {
    if (source.from === 'run') {
      const recipe = store.runs.byId(source.run)?.recipe;
      if (!recipe) return null;
      if (recipe.backbone) return know(recipe.backbone);
      const blocks = scratchBlocks(recipe).map(({ id }) => id);
      return { inputSize: recipe.input.size, cut: blocks.at(-1) ?? '', blocks, frozenOnly: false };
    }
    const arch = zoo.find(({ id }) => id === source.arch);
    const hasWeights = source.weights === null || arch?.installed.some(({ id }) => id === source.weights);
    if (!arch || !hasWeights) return null;
    const { inputSize, defaultCut: cut, frozenOnly } = arch;
    return { inputSize, cut, blocks: arch.blocks.map(({ id }) => id), frozenOnly };
  };
  return expandSweep(space, know);
}

function describeSweep(project: OpenProject, series: SeriesService, id: string): Sweep {
  const { group, params } = series.read(id);
  const steps = stepsOf(new DoneRuns(project), params.entries);
  const keys = [...new Set(steps.map(({ key }) => key))];
  const points = keys.map((key) => pointOf(project, key, steps));
  const judged = points.flatMap((point) =>
    point.validation ? [{ ...point, validation: point.validation }] : [],
  );
  const front = (cost: 'seconds' | 'size'): string[] => {
    const known = judged.filter((point) => point[cost] !== null);
    const tradeoffs = known.map((point) => ({ gain: point.validation.mean, cost: point[cost]! }));
    return paretoFront(tradeoffs).map((index) => known[index]!.key);
  };
  return {
    group: group.id,
    kind: group.kind,
    name: group.name,
    job: series.jobOf(group.id),
    budgetSeconds: params.budgetSeconds,
    steps,
    points,
    best: judged.toSorted(byValidation)[0]?.key ?? null,
    front: { seconds: front('seconds'), size: front('size') },
  };
}

/** The more accurate first; of equals the quicker. */
const byValidation = (
  a: { validation: { mean: number }; seconds: number | null },
  b: { validation: { mean: number }; seconds: number | null },
): number => b.validation.mean - a.validation.mean || (a.seconds ?? Infinity) - (b.seconds ?? Infinity);

function pointOf({ store }: OpenProject, key: string, steps: readonly SeriesStep[]): SweepPoint {
  const runs = steps.flatMap(({ key: of, seed, run }) => {
    const row = of === key && run !== null ? store.runs.byId(run) : undefined;
    return row ? [{ seed, row }] : [];
  });
  const accuracies = runs.flatMap(({ row }) => validationOf(store, row.id) ?? []);
  const seconds = runs.map(({ row }) => Object.values(row.seconds).reduce((sum, took) => sum + took, 0));
  const sizes = runs.flatMap(
    ({ row }) => store.artifacts.ofRun(row.id).find(({ kind }) => kind === 'weights')?.bytes ?? [],
  );
  const { count, mean, deviation } = summarizeRepeats(accuracies.length > 0 ? accuracies : [0]);
  return {
    key,
    runs: runs.map(({ seed, row: { id, number } }) => ({ id, number, seed })),
    validation: accuracies.length > 0 ? { n: count, mean, deviation } : null,
    seconds: seconds.length > 0 ? summarizeRepeats(seconds).mean : null,
    size: sizes[0] ?? null,
  };
}

/** Never of test: what selects must not have been seen by what is selected. */
function validationOf(store: OpenProject['store'], run: string): number | undefined {
  return store.summaries
    .ofRun(run)
    .find(({ collection, split }) => collection === null && split === 'validation')?.accuracy;
}
