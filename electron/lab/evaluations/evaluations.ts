import type { PredictedItem } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { itemsOfCell } from '../../evaluation/confusion.ts';
import { confidentMistakes, topLosses } from '../../evaluation/mistakes.ts';
import { predictedClasses } from '../../evaluation/predictions.ts';
import type { StoredPredictions } from '../../store/queries/runs/predictions.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import type { OpenProject } from '../project-keeper.ts';
import { itemsToEvaluate } from '../runs/dataset.ts';
import { requireModel } from '../runs/run-files.ts';
import { rowOf } from '../runs/runs.ts';
import {
  asPredictions,
  evaluationRequest,
  keptScores,
  storeScores,
  withLabels,
  type Judged,
  type Scores,
} from './scores.ts';
import { shownRun } from '../runs/shown-run.ts';

interface Judgement {
  project: OpenProject;
  run: RunRow;
  judged: Judged;
  predictions: StoredPredictions;
}

/** How well a run does on a split of its own data or of another collection, from stored predictions. */
export class EvaluationService {
  readonly #lab: LabContext;
  readonly #underWay = new Map<string, Promise<unknown>>();

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
    if (stored) return { project, run, judged, predictions: stored };
    const predictions = await this.#once(['predict', project.dir, run.id, judged], () =>
      this.#predict(project, run, judged),
    );
    return { project, run, judged, predictions };
  }

  /**
   * The scores of the predictions asked for, as they were worked out once.
   * @throws what `judge` throws, and GraftError evaluation.diverged
   */
  async scores(which: Judged & { run: string }): Promise<Scores> {
    const judgement = await this.judge(which);
    const { project, run, judged } = judgement;
    return (
      keptScores(project.store, run, judged) ??
      this.#once(['scores', project.dir, run.id, judged], () => this.#score(judgement))
    );
  }

  /** Two windows that ask for the same get one answer. */
  #once<T>(about: unknown, work: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(about);
    const underWay = this.#underWay.get(key) as Promise<T> | undefined;
    if (underWay) return underWay;
    const started = work().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, started);
    return started;
  }

  async #score({ project, run, judged, predictions }: Judgement): Promise<Scores> {
    const validation = judged.split === 'validation' ? null : validationOf(project, run.id);
    const request = evaluationRequest(run, predictions, validation);
    const about = { kind: 'evaluate' as const, subject: run.name, run: run.id };
    const { result } = this.#lab.jobs.start(about, async (job) => {
      const { media } = this.#lab.engines;
      const statistics = await requestUntil(
        job.signal,
        media,
        'evaluatePredictions',
        request,
        ({ done, total }) => job.progress({ phase: 'evaluate', done, total }),
      );
      return project.store.transaction(() => storeScores(project.store, run.id, judged, statistics));
    });
    const scores = await result;
    this.#lab.events.emit('run.changed', shownRun(project, rowOf(project, run.id)));
    return scores;
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
      const predictions = withLabels(predicted, items);
      project.store.transaction(() =>
        project.store.predictions.put(run.id, judged.collection, judged.split, predictions),
      );
      return predictions;
    });
    return result;
  }
}

export function evaluationHandlers(evaluations: EvaluationService): HandlersOf<'evaluations'> {
  return {
    async 'evaluations.get'(which) {
      return (await evaluations.scores(which)).evaluation;
    },
    async 'evaluations.calibration'(which) {
      const { calibration } = await evaluations.scores(which);
      if (!calibration) throw new GraftError('evaluation.no-items', { collection: '', split: which.split });
      return calibration;
    },
    async 'evaluations.cell'({ truth, predicted, offset, limit, ...which }) {
      const judgement = await evaluations.judge(which);
      const rows = itemsOfCell(asPredictions(judgement.run, judgement.predictions), truth, predicted);
      return { total: rows.length, items: predictedItems(judgement, rows.slice(offset, offset + limit)) };
    },
    async 'evaluations.mistakes'({ by, offset, limit, ...which }) {
      const judgement = await evaluations.judge(which);
      const ranked = by === 'loss' ? topLosses : confidentMistakes;
      const rows = ranked(asPredictions(judgement.run, judgement.predictions)).map(({ item }) => item);
      return { total: rows.length, items: predictedItems(judgement, rows.slice(offset, offset + limit)) };
    },
  };
}

/** What the run said on its own validation pictures, which training leaves behind; null where it has none. */
function validationOf({ store }: OpenProject, run: string): StoredPredictions | null {
  return store.predictions.get(run, null, 'validation') ?? null;
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
