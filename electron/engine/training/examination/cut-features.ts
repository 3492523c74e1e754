import type { z } from 'zod';
import type { EngineMethods, EngineProgress } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { createDataset } from '../inputs/dataset.ts';
import { cutForStage, pooledBelow } from '../network/network.ts';
import type { Network } from '../network/network.ts';
import { startingNetwork } from '../plan.ts';
import { Reporter } from '../reporter.ts';
import { centredToUnit, crossValidate } from './cross-validation.ts';
import { dealFolds } from './folds.ts';

/** What a frozen backbone makes of labelled items at one of its cuts. */
export interface CutFeatures {
  /** First block above the cut; null at the output. */
  above: string | null;
  /** Mean of each channel, `[rows * columns]`. */
  features: Float32Array;
  columns: number;
  /** Out-of-fold probabilities of a linear classifier, `[rows * classes]`. */
  p: Float32Array;
}

export interface LookedAt {
  /** Items that gave a picture, as positions; the rows of all cuts. */
  kept: Int32Array;
  cuts: CutFeatures[];
}

type Request = z.output<EngineMethods['estimateTransfer']['params']>;

/**
 * Looks at labelled pictures through the uppermost cuts of a frozen backbone. Features come from the cache that
 * training uses, and go there.
 * @throws GraftError `weights.*`, `run.no-readable-items`, `cancelled`
 */
export async function cutFeatures(
  { recipe, classes, items, folds, seed, cuts, places }: Request,
  control: RunControl,
  onProgress: (progress: EngineProgress<'estimateTransfer'>) => void,
): Promise<LookedAt> {
  const network = await startingNetwork(recipe, classes, places);
  const reporter = new Reporter((said) => {
    if (said.kind !== 'progress') return;
    const { done, total } = said.progress;
    onProgress({ phase: 'features', done, total });
  }, 0);
  const dataset = createDataset(items, network, places, control, reporter);
  try {
    const seen: { above: string | null; data: Float32Array; columns: number }[] = [];
    for (const above of uppermost(network, cuts)) {
      const part = pooledBelow(cutForStage(network, layersFrom(network, above)));
      if (part.below === null || part.cutShape.length !== 1) continue;
      const { data } = await dataset.rowsAt(part, null);
      seen.push({ above, data: data as Float32Array, columns: part.cutShape[0]! });
    }
    const failed = new Set(dataset.failed.map(({ id }) => id));
    const kept = Int32Array.from(items.keys()).filter((at) => !failed.has(items[at]!.id));
    const y = kept.map((at) => items[at]!.classIndex);
    const dealt = dealFolds(y, kept, folds, seed);
    const looked: CutFeatures[] = [];
    for (const [index, { above, data, columns }] of seen.entries()) {
      const features = rowsOf(data, columns, kept);
      const { p } = await crossValidate(
        { features: centredToUnit(features, columns), columns, y, classes: classes.length, folds: dealt },
        () => control.yield(),
        (done, total) =>
          onProgress({ phase: 'train', done: index * total + done, total: seen.length * total }),
      );
      looked.push({ above, features, columns, p });
    }
    return { kept, cuts: looked };
  } finally {
    dataset.dispose();
    network.body.dispose();
    network.head.dispose();
  }
}

/** First blocks above the uppermost cuts, from the input to the output, which has none above it. */
function uppermost({ blocks }: Network, cuts: number): (string | null)[] {
  const names = blocks.slice(1).map(({ name }) => name);
  return [...names, null].slice(-cuts);
}

function layersFrom({ blocks }: Network, above: string | null): ReadonlySet<string> {
  const start = blocks.findIndex(({ name }) => name === above);
  return new Set(start < 0 ? [] : blocks.slice(start).flatMap(({ layers }) => layers));
}

function rowsOf(data: Float32Array, columns: number, kept: Int32Array): Float32Array {
  const rows = new Float32Array(kept.length * columns);
  kept.forEach((at, row) => rows.set(data.subarray(at * columns, (at + 1) * columns), row * columns));
  return rows;
}
