import type { z } from 'zod';
import { appMethods } from './app.ts';
import { capsuleMethods } from './documents/capsules.ts';
import { checkMethods } from './data/checks.ts';
import { comparisonMethods } from './results/comparisons.ts';
import { deviceMethods } from './devices.ts';
import { documentMethods } from './documents/documents.ts';
import { evaluationMethods } from './results/evaluations.ts';
import { events } from './events.ts';
import { exportMethods } from './documents/exports.ts';
import { experimentMethods } from './runs/experiments.ts';
import { explanationMethods } from './results/explanations.ts';
import { foldsMethods } from './runs/folds.ts';
import { featureMapMethods } from './results/feature-maps.ts';
import { itemMethods } from './data/items.ts';
import { jobMethods } from './jobs.ts';
import { predictionMethods } from './results/predictions.ts';
import { projectMethods } from './projects.ts';
import { ruleMethods } from './results/rules.ts';
import { runMethods } from './runs/runs.ts';
import { reproductionMethods } from './runs/reproductions.ts';
import { runGroupMethods } from './runs/run-groups.ts';
import { seriesMethods } from './runs/series.ts';
import { transferabilityMethods } from './results/transferability.ts';
import { transferMethods } from './runs/transfer.ts';
import { sourceMethods } from './data/sources.ts';
import { sweepMethods } from './runs/sweeps.ts';
import { suggestionMethods } from './data/suggestions.ts';
import { testLookMethods } from './results/test-looks.ts';
import { learningCurveMethods } from './results/learning-curve.ts';
import { tuningMethods } from './runs/tuning.ts';
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
export type * from './data/checks.ts';
export type * from './results/comparisons.ts';
export type * from './devices.ts';
export type * from './documents/documents.ts';
export type * from './results/evaluations.ts';
export type * from './documents/exports.ts';
export type * from './runs/experiments.ts';
export type * from './results/explanations.ts';
export type * from './runs/folds.ts';
export type * from './results/feature-maps.ts';
export type * from './data/items.ts';
export type * from './jobs.ts';
export type * from './results/predictions.ts';
export type * from './projects.ts';
export type * from './runs/reproductions.ts';
export type * from './runs/run-groups.ts';
export type * from './results/rules.ts';
export type * from './runs/runs.ts';
export type * from './data/sources.ts';
export type * from './runs/series.ts';
export type * from './runs/transfer.ts';
export type * from './results/transferability.ts';
export type * from './data/suggestions.ts';
export type * from './data/splitting.ts';
export type * from './results/learning-curve.ts';
export type * from './results/test-looks.ts';
export type * from './runs/sweeps.ts';
export type * from './runs/tuning.ts';
export type * from './zoo.ts';
