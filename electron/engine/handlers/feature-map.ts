import { featureMap } from '../../evaluation/explanation/feature-map.ts';
import type { EngineHandlers } from './context.ts';

/** Lays features out in the plane; in the media process, so that training goes on meanwhile. */
export const featureMapHandlers: Pick<EngineHandlers, 'mapFeatures'> = {
  mapFeatures: ({ features, columns, seed }, { control, progress }) =>
    featureMap(features, columns, {
      seed,
      async between(done, total) {
        progress({ done, total });
        await control.yield();
      },
    }),
};
