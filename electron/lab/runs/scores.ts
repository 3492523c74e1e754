import type { Split, Summary } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { evaluate, type Evaluation } from '../../evaluation/evaluate.ts';
import type { Predictions } from '../../evaluation/predictions.ts';
import type { DatasetItem, StoredPredictions as EnginePredictions } from '../../engine/protocol.ts';
import type { StoredPredictions } from '../../store/queries/predictions.ts';
import type { RunRow } from '../../store/queries/runs.ts';
import type { Store } from '../../store/store.ts';

/** Which items a run is judged on. `collection: null` is the data it was trained on. */
export interface Judged {
  collection: string | null;
  split: Split;
}

/** Stores what a run predicted, beside the labels of now, with the few numbers of its summary. */
export function storeEvaluated(
  store: Store,
  run: RunRow,
  { collection, split }: Judged,
  predicted: EnginePredictions,
  items: readonly DatasetItem[],
): void {
  const truths = new Map(items.map(({ id, classIndex }) => [id, classIndex]));
  const predictions = {
    ids: Int32Array.from(predicted.ids),
    truths: Int32Array.from(predicted.ids, (id) => truths.get(id) ?? -1),
    probabilities: predicted.probabilities,
  };
  const summary = summaryOf(evaluated(run, predictions), { collection, split });
  store.transaction(() => {
    store.predictions.put(run.id, collection, split, predictions);
    store.summaries.put(run.id, summary);
  });
}

/** Stored predictions in the form the evaluation takes. */
export function asPredictions(run: RunRow, { truths, probabilities }: StoredPredictions): Predictions {
  return { classes: run.classes, y: truths, p: probabilities };
}

/** @throws GraftError evaluation.diverged when probabilities are not numbers */
export function evaluated(run: RunRow, predictions: StoredPredictions): Evaluation {
  if (!predictions.probabilities.every(Number.isFinite)) {
    throw new GraftError('evaluation.diverged', { name: run.name });
  }
  return evaluate(asPredictions(run, predictions));
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
