import { z } from 'zod';
import { calibrationSchema, evaluationSchema } from '../../../shared/contract/results/evaluations.ts';
import type { EvaluationResult, Split, Summary } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { Evaluation } from '../../evaluation/evaluate.ts';
import type { Predictions } from '../../evaluation/predictions.ts';
import type {
  DatasetItem,
  EngineParams,
  JudgedItems,
  StoredPredictions as EnginePredictions,
} from '../../engine/protocol.ts';
import type { Statistics } from '../../evaluation/statistics.ts';
import type { StoredPredictions } from '../../store/queries/runs/predictions.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { Store } from '../../store/store.ts';
import { evaluationResult } from './evaluation-result.ts';

/** Which items a run is judged on. `collection: null` is the data it was trained on. */
export interface Judged {
  collection: string | null;
  split: Split;
}

/** What is worked out once about stored predictions, and kept beside them. */
export const scoresSchema = z.object({
  evaluation: evaluationSchema,
  calibration: calibrationSchema.nullable(),
});
export type Scores = z.infer<typeof scoresSchema>;

/** What a run predicted, beside the labels of now. */
export function withLabels(predicted: EnginePredictions, items: readonly DatasetItem[]): StoredPredictions {
  const truths = new Map(items.map(({ id, classIndex }) => [id, classIndex]));
  return {
    ids: Int32Array.from(predicted.ids),
    truths: Int32Array.from(predicted.ids, (id) => truths.get(id) ?? -1),
    probabilities: predicted.probabilities,
  };
}

/** Stored predictions in the form the evaluation takes. */
export function asPredictions(run: RunRow, { truths, probabilities }: StoredPredictions): Predictions {
  return { classes: run.classes, y: truths, p: probabilities };
}

/** Stored predictions in the form the engine takes. @throws GraftError evaluation.diverged */
export function asJudgedItems(run: RunRow, { truths, probabilities }: StoredPredictions): JudgedItems {
  if (!probabilities.every(Number.isFinite)) throw new GraftError('evaluation.diverged', { name: run.name });
  return { classes: run.classes, truths, probabilities };
}

/** What to ask the engine about predictions; `validation` where they are of another split. */
export function evaluationRequest(
  run: RunRow,
  predictions: StoredPredictions,
  validation: StoredPredictions | null,
): EngineParams<'evaluatePredictions'> {
  return {
    judged: asJudgedItems(run, predictions),
    validation: validation && asJudgedItems(run, validation),
  };
}

/** Stores what was worked out about stored predictions, with the few numbers of its summary. Within a transaction. */
export function storeScores(store: Store, run: string, judged: Judged, statistics: Statistics): Scores {
  const scores = {
    evaluation: evaluationResult(run, judged, statistics),
    calibration: statistics.calibration,
  };
  store.summaries.put(run, scores.evaluation.summary);
  store.evaluations.put(run, judged.collection, judged.split, JSON.stringify(scores));
  return scores;
}

/** What is kept of an earlier visit, under the names of now; null where there is nothing, or what an earlier version kept. */
export function keptScores(store: Store, run: RunRow, { collection, split }: Judged): Scores | null {
  const body = store.evaluations.get(run.id, collection, split);
  const kept = body === undefined ? null : scoresSchema.safeParse(JSON.parse(body)).data;
  return kept ? { ...kept, evaluation: renamed(kept.evaluation, run.classes) } : null;
}

/** Classes may be renamed after they were judged. What has a name is in their order, averages after them. */
function renamed(evaluation: EvaluationResult, classes: string[]): EvaluationResult {
  const name = <T extends { name: string }>(rows: T[]): T[] =>
    rows.map((row, cls) => ({ ...row, name: classes[cls] ?? row.name }));
  return {
    ...evaluation,
    classes,
    report: name(evaluation.report),
    roc: name(evaluation.roc),
    precisionRecall: name(evaluation.precisionRecall),
  };
}

/** The few numbers of an evaluation that lists of runs show. */
export function summaryOf(evaluation: Evaluation, judged: Judged): Summary {
  return {
    ...judged,
    n: evaluation.n,
    accuracy: evaluation.accuracy?.value ?? 0,
    macroF1: evaluation.report.macro.f1,
    rocAuc: evaluation.macro.auc,
    logLoss: evaluation.logLoss,
  };
}
