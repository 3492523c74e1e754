import { join } from 'node:path';
import { backendInfo, useBackend } from '../training/device.ts';
import { exportRun } from '../training/export.ts';
import { planRun } from '../training/plan.ts';
import { predictImages, predictItems } from '../training/predict.ts';
import { previewAugmentation } from '../training/preview.ts';
import { findRate } from '../training/rate-finder.ts';
import { trainRun } from '../training/session.ts';
import type { EngineHandlers } from './context.ts';

type ComputeHandlers = Pick<
  EngineHandlers,
  'info' | 'plan' | 'train' | 'findRate' | 'previewAugmentation' | 'predict' | 'predictImages' | 'exportOnnx'
>;

export const computeHandlers: ComputeHandlers = {
  info: backendInfo,
  async plan({ recipe, classes, places }) {
    await useBackend('auto');
    return planRun(recipe, classes, places);
  },
  async train(request, { control, progress }) {
    await useBackend(request.recipe.backend);
    return trainRun(request, control, progress);
  },
  async findRate(request, { control, progress }) {
    await useBackend(request.recipe.backend);
    return findRate(request, control, (done, total) => progress({ done, total }));
  },
  async previewAugmentation({ paths, augmentation, ...options }, { signal }) {
    await useBackend('auto');
    return previewAugmentation(paths, augmentation, { ...options, signal });
  },
  async predict({ run, items, places }, { control, progress }) {
    await useBackend('auto');
    return predictItems(join(places.runsDir, run), items, control, (done, total) =>
      progress({ done, total }),
    );
  },
  async predictImages({ run, images, places }, { control }) {
    await useBackend('auto');
    return predictImages(join(places.runsDir, run), images, control);
  },
  async exportOnnx({ run, out, check, places }, { control }) {
    await useBackend('auto');
    return exportRun(join(places.runsDir, run), out, check, control);
  },
};
