import type { z } from 'zod';
import { appMethods } from './app.ts';
import { capsuleMethods } from './capsules.ts';
import { checkMethods } from './checks.ts';
import { comparisonMethods } from './comparisons.ts';
import { deviceMethods } from './devices.ts';
import { documentMethods } from './documents.ts';
import { evaluationMethods } from './evaluations.ts';
import { events } from './events.ts';
import { exportMethods } from './exports.ts';
import { experimentMethods } from './experiments.ts';
import { explanationMethods } from './explanations.ts';
import { foldsMethods } from './folds.ts';
import { featureMapMethods } from './feature-maps.ts';
import { itemMethods } from './items.ts';
import { jobMethods } from './jobs.ts';
import { predictionMethods } from './predictions.ts';
import { projectMethods } from './projects.ts';
import { ruleMethods } from './rules.ts';
import { runMethods } from './runs.ts';
import { reproductionMethods } from './reproductions.ts';
import { runGroupMethods } from './run-groups.ts';
import { seriesMethods } from './series.ts';
import { transferabilityMethods } from './transferability.ts';
import { transferMethods } from './transfer.ts';
import { sourceMethods } from './sources.ts';
import { sweepMethods } from './sweeps.ts';
import { suggestionMethods } from './suggestions.ts';
import { testLookMethods } from './test-looks.ts';
import { learningCurveMethods } from './learning-curve.ts';
import { tuningMethods } from './tuning.ts';
import { zooMethods } from './zoo.ts';

/** The one contract between the lab and whoever looks at it: window, browser or terminal. */
export const methods = {
  ...appMethods,
  ...deviceMethods,
  ...projectMethods,
  ...itemMethods,
  ...sourceMethods,
  ...checkMethods,
  ...suggestionMethods,
  ...jobMethods,
  ...zooMethods,
  ...runMethods,
  ...runGroupMethods,
  ...foldsMethods,
  ...testLookMethods,
  ...learningCurveMethods,
  ...seriesMethods,
  ...transferMethods,
  ...transferabilityMethods,
  ...experimentMethods,
  ...sweepMethods,
  ...reproductionMethods,
  ...tuningMethods,
  ...evaluationMethods,
  ...comparisonMethods,
  ...ruleMethods,
  ...predictionMethods,
  ...explanationMethods,
  ...featureMapMethods,
  ...exportMethods,
  ...documentMethods,
  ...capsuleMethods,
};

export { events };

export type Methods = typeof methods;
export type MethodName = keyof Methods;
/** What a caller passes (defaults may be left out). */
export type Params<M extends MethodName> = z.input<Methods[M]['params']>;
/** What the service receives (defaults filled in). */
export type ParsedParams<M extends MethodName> = z.output<Methods[M]['params']>;
export type Result<M extends MethodName> = z.output<Methods[M]['result']>;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventPayload<E extends EventName> = z.output<Events[E]>;

/** The services behind the contract: one handler per method. */
export type Handlers = { [M in MethodName]: (params: ParsedParams<M>) => Promise<Result<M>> | Result<M> };

/** What the renderer and the terminal see of the lab. */
export interface LabClient {
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Returns a function that stops listening. */
  on<E extends EventName>(event: E, handler: (payload: EventPayload<E>) => void): () => void;
}

export type * from './app.ts';
export type * from './checks.ts';
export type * from './comparisons.ts';
export type * from './devices.ts';
export type * from './documents.ts';
export type * from './evaluations.ts';
export type * from './exports.ts';
export type * from './experiments.ts';
export type * from './explanations.ts';
export type * from './folds.ts';
export type * from './feature-maps.ts';
export type * from './items.ts';
export type * from './jobs.ts';
export type * from './predictions.ts';
export type * from './projects.ts';
export type * from './reproductions.ts';
export type * from './run-groups.ts';
export type * from './rules.ts';
export type * from './runs.ts';
export type * from './sources.ts';
export type * from './series.ts';
export type * from './transfer.ts';
export type * from './transferability.ts';
export type * from './suggestions.ts';
export type * from './splitting.ts';
export type * from './learning-curve.ts';
export type * from './test-looks.ts';
export type * from './sweeps.ts';
export type * from './tuning.ts';
export type * from './zoo.ts';
