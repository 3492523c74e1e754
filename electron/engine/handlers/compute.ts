import { join } from 'node:path';
import { checkDevice } from '../backend/index.ts';
import { backendInfo, onBackend, useDevice } from '../training/device.ts';
import { measureLearningCurve } from '../training/examination/learning-curve.ts';
import { examine } from '../training/examination/examine.ts';
import { exportModel } from '../training/exporting/export.ts';
import { explain } from '../training/explanation/explain.ts';
import { reducedFeatures } from '../training/explanation/reduced-features.ts';
import { measureBackbone } from '../training/timing/measure.ts';
import { planRun } from '../training/plan.ts';
import { predictItems } from '../training/inference/predict.ts';
import { previewAugmentation } from '../training/preview.ts';
import { findRate } from '../training/rate-finder.ts';
import { trainRun } from '../training/session.ts';
import { holdFeatures, releaseFeatures } from '../training/suggestions/hold.ts';
import { judgeLabels } from '../training/suggestions/judge.ts';
import { suggest } from '../training/suggestions/suggest.ts';
import { estimateTransfer } from './transferability.ts';
import type { EngineHandlers } from './context.ts';
import { judgeImages, learnNovelty } from './novelty.ts';

type ComputeHandlers = Pick<
  EngineHandlers,
  | 'info'
  | 'useDevice'
  | 'checkDevice'
  | 'plan'
  | 'measure'
  | 'examine'
  | 'learningCurve'
  | 'estimateTransfer'
  | 'holdFeatures'
  | 'releaseFeatures'
  | 'suggest'
  | 'judgeSuggestions'
  | 'train'
  | 'findRate'
  | 'previewAugmentation'
  | 'predict'
  | 'predictImages'
  | 'learnNovelty'
  | 'exportModel'
  | 'explain'
  | 'reduceFeatures'
>;

export const computeHandlers: ComputeHandlers = {
  info: backendInfo,
  useDevice,
  checkDevice,
  plan: ({ recipe, classes, places }) => onBackend('auto', () => planRun(recipe, classes, places)),
  measure: (request, { control, progress }) =>
    onBackend('auto', () => measureBackbone(request, control, (done, total) => progress({ done, total }))),
  examine: (request, { control, progress }) => onBackend('auto', () => examine(request, control, progress)),
  estimateTransfer: (request, { control, progress }) =>
    onBackend('auto', () => estimateTransfer(request, control, progress)),
  holdFeatures: (request, { control, progress }) =>
    onBackend('auto', () => holdFeatures(request, control, progress)),
  releaseFeatures,
  suggest: (request, { control }) => onBackend('auto', () => suggest(request, control)),
  judgeSuggestions: (request, { control }) => onBackend('auto', () => judgeLabels(request, control)),
  learningCurve: (request, { control, progress }) =>
    onBackend('auto', () => measureLearningCurve(request, control, progress)),
  train: (request, { control, progress }) =>
    onBackend(request.recipe.backend, () => trainRun(request, control, progress)),
  findRate: (request, { control, progress }) =>
    onBackend(request.recipe.backend, () =>
      findRate(request, control, (done, total) => progress({ done, total })),
    ),
  previewAugmentation: ({ paths, augmentation, ...options }, { signal }) =>
    onBackend('auto', () => previewAugmentation(paths, augmentation, { ...options, signal })),
  predict: ({ run, items, places }, { control, progress }) =>
    onBackend('auto', () =>
      predictItems(join(places.runsDir, run), items, control, (done, total) => progress({ done, total })),
    ),
  predictImages: ({ run, images, places }, { control }) =>
    onBackend('auto', () => judgeImages(join(places.runsDir, run), images, control)),
  learnNovelty: ({ run, places, ...request }, { control, progress }) =>
    onBackend('auto', () =>
      learnNovelty(join(places.runsDir, run), request, control, (done, total) => progress({ done, total })),
    ),
  exportModel: ({ run, places, ...request }, { control, progress }) =>
    onBackend('auto', () =>
      exportModel({ ...request, dir: join(places.runsDir, run) }, control, (done, total) =>
        progress({ done, total }),
      ),
    ),
  reduceFeatures: (request, { control, progress }) =>
    onBackend('auto', () =>
      reducedFeatures(join(request.places.runsDir, request.run), request, control, (done, total) =>
        progress({ done, total }),
      ),
    ),
  explain: (request, { control }) =>
    onBackend('auto', () => explain(join(request.places.runsDir, request.run), request, control)),
};
