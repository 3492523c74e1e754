import type { z } from 'zod';
import { forecastErrors, forecastGain } from '../../evaluation/transferability/learning-curve.ts';
import type { EngineMethods, EngineResult } from '../protocol.ts';

/** Redraws of the bootstrap: ends of an interval to about a tenth of its width, in a tenth of a second. */
const RESAMPLES = 300;

/** Where learning curves lead, see the protocol. */
export function forecast({ asks }: z.output<EngineMethods['forecast']['params']>): EngineResult<'forecast'> {
  return asks.map(({ points, from, to, tested }) => {
    if (from === null) {
      const told = forecastErrors(points, to, tested, { resamples: RESAMPLES });
      return told.map(({ error, interval }) => ({ value: error, interval: [interval[0], interval[1]] }));
    }
    return to.map((size) => {
      const { gain, interval } = forecastGain(points, from, size, { resamples: RESAMPLES });
      return { value: gain, interval: [interval[0], interval[1]] };
    });
  });
}
