import type { CalibrationResult } from '../../../shared/contract/index.ts';

export interface Words {
  key: string;
  params: Record<string, string | number>;
}

const inPoints = (share: number): string => (Math.abs(share) * 100).toFixed(1);

/** Half a point: what lies closer together is the same to a person. */
const noticeable = 0.005;

/** What the reliability of a run means for whoever reads its probabilities. */
export function calibrationWords({ asIs, scaled, n }: CalibrationResult): Words[] {
  const [low, high] = asIs.interval;
  const gap = {
    key: 'calibration.ece',
    params: { ece: inPoints(asIs.ece), low: inPoints(low), high: inPoints(high) },
  };
  const direction = asIs.overconfidence > 0 ? 'calibration.over' : 'calibration.under';
  const even = Math.abs(asIs.overconfidence) < noticeable;
  const average = {
    key: even ? 'calibration.even' : direction,
    params: { points: inPoints(asIs.overconfidence), n },
  };
  if (!scaled) return [average, gap];
  const { temperature, fittedOn } = scaled;
  if (asIs.ece - scaled.ece < noticeable) return [average, gap, { key: 'calibration.fine', params: {} }];
  const params = { temperature: temperature.toFixed(2), n: fittedOn, ece: inPoints(scaled.ece) };
  return [average, gap, { key: 'calibration.mended', params }];
}
