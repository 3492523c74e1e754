import type { Difference, Epoch, MadeWith, Reproduction } from '../../../shared/contract/index.ts';
import { predictedClasses } from '../../evaluation/predictions.ts';
import type { StoredPredictions } from '../../store/queries/runs/predictions.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { datasetOf } from '../runs/dataset.ts';
import { madeWith } from '../runs/made-with.ts';
import { freezingProof } from '../runs/run-files.ts';
import { rowOf, type RunService } from '../runs/runs.ts';
import { hidesTest } from '../evaluations/test-looks.ts';
import { asPredictions } from '../evaluations/scores.ts';

/** Layers that differ and are named; there may be hundreds. */
const MOST_NAMED = 20;
const ENDED = new Set(['done', 'stopped']);

/** Training a stored recipe again, and saying whether the same came out. */
export function reproductionHandlers(lab: LabContext, runs: RunService): HandlersOf<'reproductions'> {
  return {
    'reproductions.check': ({ run }) => differencesNow(lab, rowOf(lab.projects.current, run)),
    async 'reproductions.start'({ run: id }) {
      await lab.devices.settled;
      const project = lab.projects.current;
      const original = rowOf(project, id);
      const { run } = runs.start(original.recipe, `${original.name} (${original.number}) again`);
      project.store.provenance.setOriginal(run.id, original.id);
      return run;
    },
    'reproductions.get': ({ run }) => reproductionOf(lab.projects.current, rowOf(lab.projects.current, run)),
  };
}

/** What is not as it was when a run was made, its device aside: that is known once it is used. */
function differencesNow(lab: LabContext, run: RunRow): Difference[] {
  const project = lab.projects.current;
  const dataset = datasetOf(project, run.recipe.data, run.classIds);
  return differencesOf(
    { data: run.recipe.data, madeWith: project.store.provenance.of(run.id), device: '' },
    {
      data: { revision: project.store.project.get().revision, splitHash: dataset.splitHash },
      madeWith: madeWith(lab, project, run.recipe, dataset.items),
      device: '',
    },
  );
}

interface Circumstances {
  data: { revision?: number; splitHash?: string };
  /** Null for a run of a version that did not store it. */
  madeWith: MadeWith | null;
  device: string;
}

function differencesOf(before: Circumstances, after: Circumstances): Difference[] {
  const made = (field: keyof MadeWith): [string, string] | null =>
    before.madeWith && after.madeWith
      ? [String(before.madeWith[field] ?? ''), String(after.madeWith[field] ?? '')]
      : null;
  const pairs: [Difference['what'], [string, string] | null][] = [
    ['version', made('version')],
    ['platform', made('platform')],
    ['device', [before.device, after.device]],
    ['threads', made('threads')],
    ['revision', [String(before.data.revision ?? ''), String(after.data.revision ?? '')]],
    ['split', [before.data.splitHash ?? '', after.data.splitHash ?? '']],
    ['items', made('itemsHash')],
    ['backbone', made('backboneHash')],
  ];
  return pairs.flatMap(([what, pair]) =>
    pair && pair[0] !== pair[1] ? [{ what, before: pair[0], after: pair[1] }] : [],
  );
}

function reproductionOf(project: OpenProject, again: RunRow): Reproduction | null {
  const { store } = project;
  const originalId = store.provenance.originalOf(again.id);
  if (originalId === null) return null;
  const original = rowOf(project, originalId);
  const circumstances = (run: RunRow): Circumstances => ({
    data: run.recipe.data,
    madeWith: store.provenance.of(run.id),
    device: run.device,
  });
  const comparable = ENDED.has(original.status) && ENDED.has(again.status);
  const weights = comparable ? comparedWeights(project, original.id, again.id) : null;
  const firstEpoch = firstDifference(store.epochs.ofRun(original.id), store.epochs.ofRun(again.id));
  const predictions = comparable ? comparedPredictions(project, original, again) : [];
  return {
    original: named(original),
    again: named(again),
    comparable,
    identical:
      comparable &&
      weights?.different.length === 0 &&
      firstEpoch === null &&
      predictions.every(({ largest }) => largest === 0),
    weights: weights && { ...weights, different: weights.different.slice(0, MOST_NAMED) },
    firstEpoch,
    predictions,
    differences: differencesOf(circumstances(original), circumstances(again)),
  };
}

const named = ({ id, number, name, status }: RunRow) => ({ id, number, name, status });

function comparedWeights(
  project: OpenProject,
  original: string,
  again: string,
): { layers: number; different: string[] } | null {
  const [before, after] = [freezingProof(project, original), freezingProof(project, again)];
  if (!before || !after) return null;
  const hashes = new Map(before.layers.map(({ layer, after: hash }) => [layer, hash]));
  const different = after.layers.filter(({ layer, after: hash }) => hashes.get(layer) !== hash);
  return { layers: after.layers.length, different: different.map(({ layer }) => layer) };
}

/** The first epoch whose losses and accuracies are not the same, or that only one of the runs has. */
function firstDifference(before: readonly Epoch[], after: readonly Epoch[]): number | null {
  const values = (epoch: Epoch | undefined) =>
    epoch && [epoch.loss, epoch.accuracy, epoch.valLoss, epoch.valAccuracy].join();
  const longer = before.length > after.length ? before : after;
  const index = longer.findIndex((_, at) => values(before[at]) !== values(after[at]));
  return index < 0 ? null : longer[index]!.epoch;
}

function comparedPredictions(
  project: OpenProject,
  original: RunRow,
  again: RunRow,
): Reproduction['predictions'] {
  const { store } = project;
  return (['validation', 'test'] as const).flatMap((split) => {
    const before = store.predictions.get(original.id, null, split);
    const after = store.predictions.get(again.id, null, split);
    if (!before || !after) return [];
    const compared = comparedOn(original, before, after);
    const accuracyOf = ({ id }: RunRow) =>
      store.summaries.ofRun(id).find((one) => one.collection === null && one.split === split)?.accuracy ?? 0;
    const hidden = split === 'test' && hidesTest(project, original);
    const accuracy: [number, number] | null = hidden ? null : [accuracyOf(original), accuracyOf(again)];
    return compared.items > 0 ? [{ split, ...compared, accuracy }] : [];
  });
}

/** On the items both were asked about. */
function comparedOn(run: RunRow, before: StoredPredictions, after: StoredPredictions) {
  const width = run.classes.length;
  const rowOfId = new Map([...after.ids].map((id, row) => [id, row]));
  const [answersBefore, answersAfter] = [before, after].map((one) =>
    predictedClasses(asPredictions(run, one)),
  );
  let [items, largest, changed] = [0, 0, 0];
  for (const [row, id] of before.ids.entries()) {
    const other = rowOfId.get(id);
    if (other === undefined) continue;
    items++;
    if (answersBefore![row] !== answersAfter![other]) changed++;
    for (let k = 0; k < width; k++) {
      const difference = Math.abs(
        before.probabilities[row * width + k]! - after.probabilities[other * width + k]!,
      );
      largest = Math.max(largest, difference);
    }
  }
  return { items, largest, changed };
}
