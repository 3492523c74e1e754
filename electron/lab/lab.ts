import { join } from 'node:path';
import type { z } from 'zod';
import { methods } from '../../shared/contract/index.ts';
import type { Handlers, LabClient, MethodName, Result } from '../../shared/contract/index.ts';
import { GraftError, toGraftError } from '../../shared/errors.ts';
import { appHandlers } from './app.ts';
import { CheckService, checkHandlers } from './checks/checks.ts';
import type { LabContext, LabOptions } from './context.ts';
import { DeviceService, deviceHandlers } from './devices/devices.ts';
import { capsuleHandlers } from './documents/capsules.ts';
import { documentHandlers } from './documents/documents.ts';
import { watchEngine } from './engine-info.ts';
import { EventBus } from './event-bus.ts';
import { experimentHandlers } from './experiments/experiments.ts';
import { reproductionHandlers } from './experiments/reproductions.ts';
import { sweepHandlers } from './experiments/sweeps.ts';
import { Assets, type Asset, type AssetKind } from './items/assets.ts';
import { classHandlers } from './items/classes.ts';
import { explanationHandlers } from './explanations/explanations.ts';
import { featureMapHandlers } from './explanations/feature-maps.ts';
import { itemHandlers } from './items/items.ts';
import { Jobs, jobHandlers } from './jobs.ts';
import { ProjectKeeper } from './project-keeper.ts';
import { closeCurrent, projectHandlers } from './projects.ts';
import { comparisonHandlers } from './evaluations/comparisons.ts';
import { foldHandlers } from './runs/folds.ts';
import { EvaluationService, evaluationHandlers } from './evaluations/evaluations.ts';
import { exportHandlers } from './runs/exports.ts';
import { learningCurveHandlers } from './evaluations/learning-curve.ts';
import { predictionHandlers } from './evaluations/predictions.ts';
import { ruleHandlers } from './evaluations/rules.ts';
import { RunService, runHandlers } from './runs/runs.ts';
import { TestLookService, testLookHandlers } from './evaluations/test-looks.ts';
import { tuningHandlers } from './runs/tuning.ts';
import { ladderHandlers } from './transfer/ladder.ts';
import { SeriesService, seriesHandlers } from './transfer/series.ts';
import { MissingItems } from './sources/missing.ts';
import { sourceHandlers } from './sources/sources.ts';
import { WatchService } from './sources/watching.ts';
import { SuggestionService, suggestionHandlers } from './suggestions/suggestions.ts';
import { TransferabilityService, transferabilityHandlers } from './transfer/transferability.ts';
import { transferHandlers } from './transfer/transfer-check.ts';
import { zooHandlers } from './zoo.ts';

export type { LabOptions, PickOptions } from './context.ts';
export type { Asset, AssetKind } from './items/assets.ts';

/** Everything Graft does, for any host: window, browser or terminal. */
export interface Lab extends LabClient {
  /** A picture of an item as a file: `thumb` up to 256 pixels, `preview` up to 1280, `image` as it is. */
  asset(kind: AssetKind, itemId: number): Promise<Asset>;
  /** Ends what is under way (a run can go on later from its checkpoint), closes the project and both engines. */
  close(): Promise<void>;
}

export function createLab(options: LabOptions): Lab {
  const lab = createContext(options);
  const handlers = createHandlers(lab);
  const assets = new Assets(lab);
  let closing: Promise<void> | undefined;
  return {
    call: (method, params) => callHandler(handlers, method, params),
    on: (event, handler) => lab.events.on(event, handler),
    async asset(kind, itemId) {
      return assets.get(kind, itemId).catch((error: unknown) => {
        throw toGraftError(error);
      });
    },
    close: () => (closing ??= closeLab(lab)),
  };
}

function createContext(options: LabOptions): LabContext {
  const { engines, dataDir } = options;
  const events = new EventBus();
  const libraryDir = join(dataDir, 'weights');
  const engine = watchEngine(engines.compute, events);
  return {
    options,
    engines,
    events,
    libraryDir,
    jobs: new Jobs(events),
    projects: new ProjectKeeper(events, libraryDir),
    devices: new DeviceService({ options, compute: engines.compute, events, heard: engine.heard }),
    engineInfo: engine.info,
  };
}

function createHandlers(lab: LabContext): Handlers {
  const checks = new CheckService(lab);
  const missing = new MissingItems(lab);
  const watches = new WatchService(lab, missing, () => checks.startByItself());
  const services = { runs: new RunService(lab), evaluations: new EvaluationService(lab) };
  const looks = new TestLookService(lab);
  const series = new SeriesService(lab, services.runs);
  const projects = projectHandlers(lab, services);
  const answers = {
    ...runHandlers(lab, services.runs),
    ...looks.watched(evaluationHandlers(services.evaluations)),
    ...looks.watched(comparisonHandlers(services.evaluations)),
    ...exportHandlers(lab),
  };
  return {
    ...appHandlers(lab),
    ...deviceHandlers(lab.devices),
    ...projects,
    ...capsuleHandlers(lab, (path) => projects['projects.open']({ path })),
    ...itemHandlers(lab, () => checks.startByItself(), missing),
    ...sourceHandlers(lab, missing, watches, () => checks.startByItself()),
    ...checkHandlers(checks),
    ...suggestionHandlers(new SuggestionService(lab)),
    ...classHandlers(lab),
    ...jobHandlers(lab.jobs),
    ...zooHandlers(lab),
    ...answers,
    ...documentHandlers(lab, answers),
    ...seriesHandlers(lab, series),
    ...foldHandlers(lab, series),
    ...ladderHandlers(lab, series),
    ...experimentHandlers(lab, services.runs),
    ...transferHandlers(lab, series),
    ...sweepHandlers(lab, series),
    ...reproductionHandlers(lab, services.runs),
    ...transferabilityHandlers(new TransferabilityService(lab)),
    ...tuningHandlers(lab),
    ...testLookHandlers(lab, looks),
    ...looks.watched(ruleHandlers(lab, services.evaluations)),
    ...learningCurveHandlers(lab),
    ...predictionHandlers(lab),
    ...explanationHandlers(lab),
    ...featureMapHandlers(lab),
  };
}

/** Checks what came from outside against the contract, and lets nothing but a GraftError out. */
async function callHandler<M extends MethodName>(
  handlers: Handlers,
  method: M,
  params: unknown,
): Promise<Result<M>> {
  if (!Object.hasOwn(methods, method)) throw new GraftError('request.unknown', { method: String(method) });
  const parsed = methods[method].params.safeParse(params);
  if (!parsed.success) throw new GraftError('request.invalid', { method, detail: firstIssue(parsed.error) });
  const handler = handlers[method] as (params: unknown) => Promise<Result<M>> | Result<M>;
  try {
    return await handler(parsed.data);
  } catch (error) {
    throw toGraftError(error);
  }
}

/** The field that does not fit and why, e.g. `limit: Too small: expected number to be >=1`. */
function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'params'}: ${issue.message}` : error.message;
}

async function closeLab(lab: LabContext): Promise<void> {
  await closeCurrent(lab);
  await lab.jobs.close();
  await Promise.all([lab.devices.close(), lab.engines.compute.close(), lab.engines.media.close()]);
}
