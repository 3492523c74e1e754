import type { z } from 'zod';
import { toGraftError } from '../../../../shared/errors.ts';
import type { DatasetItem, EngineMethods, EngineProgress, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { createDataset } from '../inputs/dataset.ts';
import { cutForStage } from '../network/network.ts';
import { startingNetwork } from '../plan.ts';
import { Reporter } from '../reporter.ts';
import { columnsFor, HeldFeatures } from './held-features.ts';

/** The one project whose features are held. */
let held: HeldFeatures | null = null;

/** What is held under a key, if anything is. */
export const heldUnder = (key: string): HeldFeatures | null => (held?.key === key ? held : null);

export function releaseFeatures(): null {
  held = null;
  return null;
}

/**
 * Computes features of pictures through a frozen backbone, from the cache that training uses where they are in it,
 * and holds them in memory under a key. What was held under another key is let go.
 * @throws GraftError `weights.*`, `cancelled`
 */
export async function holdFeatures(
  { key, total, recipe, items, places }: z.output<EngineMethods['holdFeatures']['params']>,
  control: RunControl,
  onProgress: (progress: EngineProgress<'holdFeatures'>) => void,
): Promise<EngineResult<'holdFeatures'>> {
  const network = await startingNetwork(recipe, ['0', '1'], places);
  const reporter = new Reporter((said) => {
    if (said.kind === 'progress') onProgress({ done: said.progress.done, total: items.length });
  }, 0);
  const dataset = createDataset(items, network, places, control, reporter);
  try {
    const width = network.featureWidth;
    const features = await dataset
      .rowsAt(cutForStage(network, new Set()), null)
      .then(({ data }) => data as Float32Array, orNone);
    held = holdingFor(key, width, total);
    held.miss(dataset.failed.map(({ id }) => id));
    if (features) addWhole(held, items, features);
  } finally {
    dataset.dispose();
    network.body.dispose();
    network.head.dispose();
  }
  return null;
}

/** Not one picture of these could be read: there is nothing to hold, and nothing wrong with the rest. */
function orNone(error: unknown): null {
  if (toGraftError(error).code !== 'run.no-readable-items') throw error;
  return null;
}

function holdingFor(key: string, width: number, total: number): HeldFeatures {
  const known = heldUnder(key);
  const fits = known?.width === width && known.columns === columnsFor(width, total);
  return known && fits ? known : new HeldFeatures(key, width, total);
}

/** Adds the rows of the items that gave a picture. */
function addWhole(holding: HeldFeatures, items: readonly DatasetItem[], data: Float32Array): void {
  const { width } = holding;
  const ids: number[] = [];
  const features = new Float32Array(data.length);
  items.forEach(({ id }, at) => {
    if (holding.knows(id)) return;
    features.set(data.subarray(at * width, (at + 1) * width), ids.length * width);
    ids.push(id);
  });
  holding.add(ids, features.subarray(0, ids.length * width));
}
