import type { PredictedItem } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { itemsOfCell } from '../../evaluation/confusion.ts';
import { confidentMistakes } from '../../evaluation/mistakes.ts';
import { predictedClasses } from '../../evaluation/predictions.ts';
import type { Predictions } from '../../evaluation/predictions.ts';
import type { StoredPredictions } from '../../store/queries/predictions.ts';
import type { RunRow } from '../../store/queries/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { OpenProject } from '../project-keeper.ts';
import { itemsToEvaluate } from './dataset.ts';
import { calibrationResult } from './calibration-result.ts';
import { evaluationResult } from './evaluation-result.ts';
import { requireModel } from './run-files.ts';
import { rowOf } from './runs.ts';
import { asPredictions, evaluated, storeEvaluated, type Judged } from './scores.ts';
import { shownRun } from './shown-run.ts';

interface Judgement {
  project: OpenProject;
  run: RunRow;
  judged: Judged;
  predictions: StoredPredictions;
}

/** How well a run does on a split of its own data or of another collection, from stored predictions. */
export class EvaluationService {
  readonly #lab: LabContext;
  readonly #underWay = new Map<string, Promise<StoredPredictions>>();

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /**
   * The predictions asked for, made and stored first where there are none.
   * @throws GraftError run.unknown, run.unfinished, evaluation.no-items
   */
  async judge(which: Judged & { run: string }): Promise<Judgement> {
    const project = this.#lab.projects.current;
    const run = rowOf(project, which.run);
    const own = which.collection === run.recipe.data.collection;
    const judged = { collection: own ? null : which.collection, split: which.split };
    const stored = project.store.predictions.get(run.id, judged.collection, judged.split);
    return { project, run, judged, predictions: stored ?? (await this.#once(project, run, judged)) };
  }

  /** Two windows that ask for the same get one prediction. */
  #once(project: OpenProject, run: RunRow, judged: Judged): Promise<StoredPredictions> {
    const key = JSON.stringify([project.dir, run.id, judged]);
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const predicting = this.#predict(project, run, judged).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, predicting);
    return predicting;
  }

  async #predict(project: OpenProject, run: RunRow, judged: Judged): Promise<StoredPredictions> {
    requireModel(project, run);
    const { collection } = judged;
    const data = collection === null ? run.recipe.data : { collection };
    const items = itemsToEvaluate(project, run.classIds, data, judged.split);
    const about = { kind: 'evaluate' as const, subject: run.name, run: run.id };
    const { result } = this.#lab.jobs.start(about, async (job) => {
      const request = { run: run.id, items, places: project.places };
      const predicted = await requestUntil(
        job.signal,
        this.#lab.engines.compute,
        'predict',
        request,
        ({ done, total }) => job.progress({ phase: 'evaluate', done, total }),
      );
      storeEvaluated(project.store, run, judged, predicted, items);
      this.#lab.events.emit('run.changed', shownRun(project, rowOf(project, run.id)));
    });
    await result;
    return project.store.predictions.get(run.id, judged.collection, judged.split)!;
  }
}

export function evaluationHandlers(evaluations: EvaluationService): HandlersOf<'evaluations'> {
  return {
    async 'evaluations.get'(which) {
      const { run, judged, predictions } = await evaluations.judge(which);
      return evaluationResult(run.id, judged, evaluated(run, predictions));
    },
    async 'evaluations.calibration'(which) {
      const { run, judged, predictions } = await evaluations.judge(which);
      const validation = judged.split === 'validation' ? null : await validationOf(evaluations, which.run);
      return calibrationResult(asPredictions(run, predictions), validation);
    },
    async 'evaluations.cell'({ truth, predicted, offset, limit, ...which }) {
      const judgement = await evaluations.judge(which);
      const rows = itemsOfCell(asPredictions(judgement.run, judgement.predictions), truth, predicted);
      return { total: rows.length, items: predictedItems(judgement, rows.slice(offset, offset + limit)) };
    },
    async 'evaluations.mistakes'({ offset, limit, ...which }) {
      const judgement = await evaluations.judge(which);
      const everyOne = judgement.predictions.ids.length;
      const rows = confidentMistakes(asPredictions(judgement.run, judgement.predictions), everyOne).map(
        ({ item }) => item,
      );
      return { total: rows.length, items: predictedItems(judgement, rows.slice(offset, offset + limit)) };
    },
  };
}

/** What the run said on its own validation pictures; null where it has none. */
async function validationOf(evaluations: EvaluationService, run: string): Promise<Predictions | null> {
  try {
    const judgement = await evaluations.judge({ run, split: 'validation', collection: null });
    return asPredictions(judgement.run, judgement.predictions);
  } catch (error) {
    if (error instanceof GraftError && error.code === 'evaluation.no-items') return null;
    throw error;
  }
}

function predictedItems({ project, run, predictions }: Judgement, rows: readonly number[]): PredictedItem[] {
  const { ids, truths, probabilities } = predictions;
  const width = run.classes.length;
  const predicted = predictedClasses(asPredictions(run, predictions));
  const items = project.store.items.byIds(rows.map((row) => ids[row]!));
  const names = new Map(items.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    itemId: ids[row]!,
    name: names.get(ids[row]!) ?? '',
    truth: truths[row]!,
    predicted: predicted[row]!,
    probabilities: [...probabilities.subarray(row * width, (row + 1) * width)],
  }));
}
