import { affordableResamples } from '../intervals.ts';
import { labelledItems, type Predictions } from '../predictions.ts';
import type { Steps } from '../significance/bootstrap.ts';
import type { Interval } from '../significance/wilson.ts';
import { calibrationErrorSteps, reliability, topClaims, type ReliabilityBin } from './reliability.ts';
import { fitTemperature, withTemperature } from './temperature.ts';

/** How far what a model claims can be believed. */
export interface Believability {
  /** Expected calibration error with its bootstrap interval. */
  ece: number;
  interval: Interval;
  /** Mean confidence minus accuracy: above 0 the model is overconfident. */
  overconfidence: number;
  bins: ReliabilityBin[];
}

export interface Calibration {
  n: number;
  asIs: Believability;
  /** After temperature scaling fitted on validation; null where there is nothing to fit it on. */
  scaled: (Believability & { temperature: number; fittedOn: number }) | null;
}

/** Resampling binned claims costs about as much as this many classes would. */
const WORTH_CLASSES = 10;

/**
 * How far a run can be believed, as it is and scaled by the temperature that suits its validation items; null without
 * labelled items.
 */
export function* calibrationSteps(
  predictions: Predictions,
  validation: Predictions | null,
): Steps<Calibration | null> {
  const n = labelledItems(predictions).length;
  const asIs = yield* believabilitySteps(predictions);
  if (!asIs) return null;
  const fit = validation && fitTemperature(validation);
  const after = fit && (yield* believabilitySteps(withTemperature(predictions, fit.temperature)));
  const fittedOn = validation ? labelledItems(validation).length : 0;
  return { n, asIs, scaled: fit && after && { temperature: fit.temperature, fittedOn, ...after } };
}

function* believabilitySteps(predictions: Predictions): Steps<Believability | null> {
  const claims = topClaims(predictions);
  const { bins, ece, overconfidence } = reliability(claims);
  const resamples = affordableResamples(claims.confidence.length, WORTH_CLASSES);
  const interval = yield* calibrationErrorSteps(claims, { resamples });
  if (ece === null || overconfidence === null || !interval) return null;
  return { ece, interval, overconfidence, bins };
}
