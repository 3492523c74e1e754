import type { Ladder, Rung, SeriesStep } from '../../../shared/contract/index.ts';
import { summarizeRepeats, transferGain } from '../../evaluation/significance/repeats.ts';
import type { Summary } from '../../../shared/contract/index.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { DoneRuns } from './done-runs.ts';
import type { SeriesService } from './series.ts';
import { stepsOf } from './series-plan.ts';

/** What the runs of a ladder reached so far. */
export function ladderHandlers(lab: LabContext, series: SeriesService): HandlersOf<'ladder'> {
  return {
    /** @throws GraftError group.unknown */
    'ladder.get'({ group: id }) {
      const { group, params } = series.read(id);
      const project = lab.projects.current;
      const steps = stepsOf(new DoneRuns(project), params.entries);
      const judged = judgedBy(project, steps);
      const keys = [...new Set(steps.map(({ key }) => key))];
      const rungs = keys.flatMap((key) => rungOf(project, steps, judged, key) ?? []);
      const ranked = rungs.toSorted((a, b) => a.accuracy.mean - b.accuracy.mean);
      return {
        group: group.id,
        name: group.name,
        split: [...judged.values()][0]?.split ?? 'test',
        steps,
        rungs,
        gains: gainsOf(rungs),
        worst: rungs.length > 1 ? ranked[0]!.key : null,
        best: rungs.length > 1 ? ranked.at(-1)!.key : null,
      };
    },
  };
}

/** What every finished run is judged by: test where it has one, else validation. */
function judgedBy({ store }: OpenProject, steps: readonly SeriesStep[]): Map<string, Summary> {
  return new Map(
    steps.flatMap(({ run }) => {
      if (run === null) return [];
      const own = store.summaries.ofRun(run).filter(({ collection }) => collection === null);
      const summary = own.find(({ split }) => split === 'test') ?? own[0];
      return summary ? [[run, summary] as const] : [];
    }),
  );
}

function rungOf(
  { store }: OpenProject,
  steps: readonly SeriesStep[],
  judged: ReadonlyMap<string, Summary>,
  key: string,
): Rung | null {
  const runs = steps.flatMap(({ key: of, seed, run }) => {
    const summary = of === key && run !== null ? judged.get(run) : undefined;
    return summary ? [{ seed, run: run!, summary }] : [];
  });
  if (runs.length === 0) return null;
  const accuracies = runs.map(({ summary }) => summary.accuracy);
  const areas = runs.flatMap(({ summary }) => summary.rocAuc ?? []);
  const seconds = runs.map(({ run }) => secondsOf(store.runs.byId(run)!.seconds));
  const byAccuracy = runs.toSorted((a, b) => a.summary.accuracy - b.summary.accuracy);
  return {
    key,
    epochs: steps.find((step) => step.key === key)!.epochs,
    runs: runs.map(({ seed, run, summary }) => ({ seed, run, accuracy: summary.accuracy })),
    items: Math.min(...runs.map(({ summary }) => summary.n)),
    accuracy: summarizeRepeats(accuracies),
    rocAuc: areas.length > 0 ? summarizeRepeats(areas) : null,
    seconds: seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)]!,
    typical: byAccuracy[Math.floor((byAccuracy.length - 1) / 2)]!.run,
  };
}

const secondsOf = (phases: Record<string, number>): number =>
  Object.values(phases).reduce((sum, took) => sum + took, 0);

/** Over the seeds both rungs have; nothing for fewer than two, which show no spread. */
function gainsOf(rungs: readonly Rung[]): Ladder['gains'] {
  return rungs.slice(1).flatMap((upper, index) => {
    const lower = new Map(rungs[index]!.runs.map(({ seed, accuracy }) => [seed, accuracy]));
    const shared = upper.runs.filter(({ seed }) => lower.has(seed));
    if (shared.length < 2) return [];
    const gain = transferGain(
      shared.map(({ accuracy }) => accuracy),
      shared.map(({ seed }) => lower.get(seed)!),
    );
    return [{ from: rungs[index]!.key, to: upper.key, seeds: shared.length, ...gain }];
  });
}
