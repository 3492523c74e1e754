import { calibrationSteps, type Calibration } from './calibration/calibration.ts';
import { evaluate, type Evaluation } from './evaluate.ts';
import { evaluationIntervalSteps, type EvaluationIntervals } from './intervals.ts';
import { similarityOrder } from './mistakes.ts';
import type { Predictions } from './predictions.ts';
import type { Steps } from './significance/bootstrap.ts';

/** Everything that is worked out once about a run's predictions, and then stored. */
export interface Statistics {
  evaluation: Evaluation;
  intervals: EvaluationIntervals;
  /** Null without labelled items. */
  calibration: Calibration | null;
  /** The classes in an order that puts those confused with each other side by side. */
  order: number[];
}

/** Share of the time that the intervals of the scores take; those of the calibration take the rest. */
const SCORES = 0.8;

/**
 * Evaluates predictions, in steps because of the resampling; `validation` is what the same run said on the items it
 * was tuned on, null where there is none or they are the ones judged. Throws what `checkPredictions` throws.
 */
export function* statisticsSteps(
  predictions: Predictions,
  validation: Predictions | null,
): Steps<Statistics> {
  const evaluation = evaluate(predictions);
  yield 0;
  const intervals = yield* scaled(evaluationIntervalSteps(predictions), 0, SCORES);
  const calibration = yield* scaled(calibrationSteps(predictions, validation), SCORES, 1);
  return { evaluation, intervals, calibration, order: similarityOrder(evaluation.confusion) };
}

/** The same steps, their share done told as part of a longer way. */
function* scaled<T>(steps: Steps<T>, from: number, to: number): Steps<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield from + value * (to - from);
  }
}
