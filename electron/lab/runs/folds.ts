import { createHash } from 'node:crypto';
import type { FoldsResult } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import { dealFolds } from '../../../shared/splitting/split.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { summarizeFolds } from '../../evaluation/significance/folds.ts';
import type { FoldItem } from '../../store/queries/runs/folds.ts';
import type { SplittableItem } from '../../store/queries/items/splitting.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { dealCollection, splitSettingsOf } from '../items/splitting.ts';
import type { OpenProject } from '../project-keeper.ts';
import { DoneRuns } from '../transfer/done-runs.ts';
import type { SeriesService } from '../transfer/series.ts';

/** k-fold cross-validation: a series of runs, each with one fold held out, judged together. */
export function foldHandlers(lab: LabContext, series: SeriesService): HandlersOf<'folds'> {
  return {
    async 'folds.start'({ recipe, folds, name }) {
      const project = lab.projects.current;
      const plan = await planFolds(lab, project, recipe, folds);
      await lab.devices.settled;
      const entries = Array.from({ length: folds }, (_, held) => ({
        key: `fold ${held + 1} of ${folds}`,
        seed: recipe.seed,
        recipe: {
          ...recipe,
          data: { collection: recipe.data.collection, folds: { plan, count: folds, held } },
        },
      }));
      const group = name?.trim() || `${recipe.kind}, ${folds} folds`;
      return series.start({ kind: 'folds', name: group, params: { entries } });
    },
    'folds.get': ({ group }) => foldsResult(lab.projects.current, series, group),
  };
}

/**
 * Deals the items of a recipe's data into folds, each class evenly and nothing parted that belongs together, as the
 * last split had it, and stores which is where. The same items and seed give the same plan.
 * @throws GraftError folds.few-items when a class has fewer items than folds
 */
async function planFolds(
  lab: LabContext,
  project: OpenProject,
  { data, seed }: Recipe,
  folds: number,
): Promise<string> {
  const items: (SplittableItem & { cluster: number })[] = [];
  const settings = { ...splitSettingsOf(project.store), keepGiven: false };
  const names = lab.projects.describeCurrent().collections.map(({ name }) => name);
  for (const name of data.collection === null ? names : [data.collection]) {
    const dealt = await dealCollection(lab, project, name, settings, new AbortController().signal);
    const start = items.length;
    dealt.items.forEach((item, at) => items.push({ ...item, cluster: start + dealt.result.clusters[at]! }));
  }
  // A sealed test split stays out of it: its items are judged when the seal is opened.
  const open = project.store.testLooks.sealed() ? items.filter(({ split }) => split !== 'test') : items;
  refuseSmallClasses(project, open, folds);
  const foldOf = dealFolds(open, folds, seed);
  const planned = open.map(({ id, cluster }): FoldItem => ({ id, fold: foldOf.get(id)!, cluster }));
  const hash = createHash('sha256').update(JSON.stringify({ folds, seed }));
  for (const { id, fold, cluster } of planned) hash.update(`${id}\t${fold}\t${cluster}\n`);
  const plan = hash.digest('hex').slice(0, 16);
  project.store.transaction(() => project.store.folds.put(plan, planned));
  return plan;
}

function refuseSmallClasses({ store }: OpenProject, items: readonly SplittableItem[], folds: number): void {
  for (const { id, name } of store.classes.all()) {
    const count = items.filter(({ classId }) => classId === id).length;
    if (count > 0 && count < folds) throw new GraftError('folds.few-items', { class: name, count, folds });
  }
}

/** @throws GraftError group.unknown */
function foldsResult(project: OpenProject, series: SeriesService, id: string): FoldsResult {
  const { group, params } = series.read(id);
  const done = new DoneRuns(project);
  const runs = params.entries.map((entry) => done.of(entry) ?? null);
  const folds = runs.map((run, fold) => {
    const summary = run && project.store.summaries.ofRun(run.id).find(({ split }) => split === 'test');
    const { n = 0, accuracy = null } = summary ?? {};
    return { fold, run: run?.id ?? null, number: run?.number ?? null, n, accuracy };
  });
  const complete = runs.filter((run) => run !== null);
  return {
    group: id,
    name: group.name,
    count: params.entries.length,
    job: series.jobOf(id),
    folds,
    pooled: complete.length === runs.length ? pool(project, complete, folds) : null,
  };
}

/** Out-of-fold predictions of every run, evaluated as one. */
function pool(
  { store }: OpenProject,
  runs: readonly RunRow[],
  folds: FoldsResult['folds'],
): FoldsResult['pooled'] {
  const { classes, classIds } = runs[0]!;
  const parts = runs.map((run) => store.predictions.get(run.id, null, 'test'));
  const n = parts.reduce((sum, part) => sum + (part?.ids.length ?? 0), 0);
  const y = new Int32Array(n);
  const p = new Float32Array(n * classes.length);
  let start = 0;
  for (const [index, part] of parts.entries()) {
    if (!part || String(runs[index]!.classIds) !== String(classIds)) return null;
    y.set(part.truths, start);
    p.set(part.probabilities, start * classes.length);
    start += part.ids.length;
  }
  const { accuracy, report, macro, logLoss, confusion } = evaluate({ classes, y, p });
  if (!accuracy) return null;
  return {
    n,
    classes,
    accuracy: accuracy.value,
    interval: accuracy.interval,
    macroF1: report.macro.f1,
    rocAuc: macro.auc,
    logLoss,
    confusion,
    report: report.perClass.map(({ precision, recall, f1, support }, at) => ({
      name: classes[at]!,
      precision,
      recall,
      f1,
      support,
    })),
    overFolds: summarizeFolds(folds.flatMap((fold) => fold.accuracy ?? [])),
  };
}
