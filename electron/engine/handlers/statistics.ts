import { statisticsSteps } from '../../evaluation/statistics.ts';
import type { Steps } from '../../evaluation/significance/bootstrap.ts';
import type { Predictions } from '../../evaluation/predictions.ts';
import type { RunControl } from '../training/control.ts';
import type { JudgedItems } from '../protocol.ts';
import type { EngineHandlers } from './context.ts';

type StatisticsHandlers = Pick<EngineHandlers, 'evaluatePredictions'>;

/** Pictures are looked at in this process meanwhile: it is never kept longer than this, in ms. */
const turn = 30;

/** Statistics over stored predictions: too long for the lab, which answers the windows. */
export const statisticsHandlers: StatisticsHandlers = {
  evaluatePredictions({ judged, validation }, { control, progress }) {
    const steps = statisticsSteps(asPredictions(judged), validation && asPredictions(validation));
    return inTurns(steps, control, (share) => progress({ done: Math.round(100 * share), total: 100 }));
  },
};

const asPredictions = ({ classes, truths, probabilities }: JudgedItems): Predictions => ({
  classes,
  y: truths,
  p: probabilities,
});

/** Runs the steps and lets other requests in every now and then. @throws GraftError `cancelled` */
async function inTurns<T>(
  steps: Steps<T>,
  control: RunControl,
  onProgress: (share: number) => void,
): Promise<T> {
  let began = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - began < turn) continue;
    onProgress(value);
    await control.yield();
    began = performance.now();
  }
}
