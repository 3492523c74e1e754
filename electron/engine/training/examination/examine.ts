import type { z } from 'zod';
import type { EngineMethods, EngineProgress, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { createDataset } from '../inputs/dataset.ts';
import { cutForStage } from '../network/network.ts';
import { startingNetwork } from '../plan.ts';
import { Reporter } from '../reporter.ts';
import { alikePairs } from './alike.ts';
import { centredToUnit, crossValidate } from './cross-validation.ts';
import { dealFolds } from './folds.ts';
import { nearestNeighbours } from './neighbours.ts';

/** Outlier scores rest on the mean of this many neighbours. */
const NEIGHBOURS = 10;

/**
 * Looks at labelled pictures through a frozen backbone: what a linear head that has not seen them thinks they are,
 * and how far they lie from all others. Features come from the cache that training uses, and go there.
 * @throws GraftError `weights.*`, `run.no-readable-items`, `cancelled`
 */
export async function examine(
  {
    recipe,
    classes,
    items,
    groups,
    hashes,
    folds,
    seed,
    places,
  }: z.output<EngineMethods['examine']['params']>,
  control: RunControl,
  onProgress: (progress: EngineProgress<'examine'>) => void,
): Promise<EngineResult<'examine'>> {
  const network = await startingNetwork(recipe, classes, places);
  const part = cutForStage(network, new Set());
  const reporter = new Reporter((said) => {
    if (said.kind === 'progress') onProgress({ phase: 'features', ...pick(said.progress) });
  }, 0);
  const dataset = createDataset(items, network, places, control, reporter);
  try {
    const { data } = await dataset.rowsAt(part, null);
    const columns = network.featureWidth;
    const failed = new Set(dataset.failed.map(({ id }) => id));
    const kept = Int32Array.from(items.keys()).filter((at) => !failed.has(items[at]!.id));
    const features = rowsOf(data as Float32Array, columns, kept);
    const y = kept.map((at) => items[at]!.classIndex);
    const group = kept.map((at) => groups[at]!);
    const between = () => control.yield();
    const dealt = dealFolds(y, group, folds, seed);
    const judged = {
      features: centredToUnit(features, columns),
      columns,
      y,
      classes: classes.length,
      folds: dealt,
    };
    const { p, logLoss } = await crossValidate(judged, between, (done, total) =>
      onProgress({ phase: 'train', done, total }),
    );
    onProgress({ phase: 'evaluate', done: 0, total: kept.length });
    const near = await nearestNeighbours(features, columns, group, { k: NEIGHBOURS, seed }, between);
    const ids = Array.from(kept, (at) => items[at]!.id);
    const pairs = alikePairs(
      near,
      Array.from(kept, (at) => hashes[at]!),
    );
    const alike = pairs.map((pair) => pair.map((row) => ids[row]!));
    return { ids, probabilities: p, logLoss, distances: near.distances, alike };
  } finally {
    dataset.dispose();
    network.body.dispose();
    network.head.dispose();
  }
}

const pick = ({ done, total }: { done: number; total: number }) => ({ done, total });

function rowsOf(data: Float32Array, columns: number, kept: Int32Array): Float32Array {
  if (kept.length * columns === data.length) return data;
  const rows = new Float32Array(kept.length * columns);
  kept.forEach((at, row) => rows.set(data.subarray(at * columns, (at + 1) * columns), row * columns));
  return rows;
}
