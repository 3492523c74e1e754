import type { CalibrationResult, ReliabilityResult } from '../../../shared/contract/index.ts';
import {
  calibrationErrorInterval,
  reliability,
  topClaims,
} from '../../evaluation/calibration/reliability.ts';
import { fitTemperature, withTemperature } from '../../evaluation/calibration/temperature.ts';
import { labelledItems } from '../../evaluation/predictions.ts';
import type { Predictions } from '../../evaluation/predictions.ts';

/** How far a run can be believed, as it is and scaled by the temperature that suits its validation pictures. */
export function calibrationResult(
  predictions: Predictions,
  validation: Predictions | null,
): CalibrationResult {
  const fit = validation && fitTemperature(validation);
  return {
    n: labelledItems(predictions).length,
    asIs: reliabilityResult(predictions),
    scaled: fit && {
      temperature: fit.temperature,
      fittedOn: labelledItems(validation).length,
      ...reliabilityResult(withTemperature(predictions, fit.temperature)),
    },
  };
}

function reliabilityResult(predictions: Predictions): ReliabilityResult {
  const claims = topClaims(predictions);
  const { bins, ece, overconfidence } = reliability(claims);
  const interval = calibrationErrorInterval(claims);
  if (ece === null || overconfidence === null || !interval) throw new Error('Judged items have labels.');
  return { ece, interval, overconfidence, bins };
}
