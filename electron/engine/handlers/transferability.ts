import type { z } from 'zod';
import type { BackboneEstimate } from '../../../shared/contract/index.ts';
import { proportion } from '../../evaluation/significance/wilson.ts';
import { debiasedLinearCka } from '../../evaluation/transferability/cka.ts';
import type { FeatureMatrix } from '../../evaluation/transferability/features.ts';
import { hScore } from '../../evaluation/transferability/h-score.ts';
import { leep } from '../../evaluation/transferability/leep.ts';
import { logMe } from '../../evaluation/transferability/logme.ts';
import { nearestNeighbourAccuracy } from '../../evaluation/transferability/nearest-neighbours.ts';
import type { EngineMethods, EngineProgress } from '../protocol.ts';
import type { RunControl } from '../training/control.ts';
import { cutFeatures, type CutFeatures } from '../training/examination/cut-features.ts';
import { sourceClasses } from '../training/examination/source-classes.ts';

/**
 * Estimates of how well a backbone would transfer, from what it sees in labelled items at its uppermost cuts: none of
 * it is trained. The arithmetic is that of electron/evaluation/transferability.
 * @throws GraftError `weights.*`, `run.no-readable-items`, `cancelled`
 */
export async function estimateTransfer(
  request: z.output<EngineMethods['estimateTransfer']['params']>,
  control: RunControl,
  onProgress: (progress: EngineProgress<'estimateTransfer'>) => void,
): Promise<BackboneEstimate> {
  const { recipe, classes, items, places } = request;
  const { kept, cuts } = await cutFeatures(request, control, onProgress);
  const seen = Array.from(kept, (at) => items[at]!);
  const y = kept.map((at) => items[at]!.classIndex);
  const matrices = cuts.map(({ features, columns }): FeatureMatrix => ({
    values: features,
    rows: kept.length,
    columns,
  }));
  const scored: BackboneEstimate['cuts'] = [];
  for (const [index, cut] of cuts.entries()) {
    await control.yield();
    onProgress({ phase: 'evaluate', done: index, total: cuts.length });
    scored.push(scoresOf(cut, matrices[index]!, y, classes.length));
  }
  const source = await sourceClasses(recipe, seen, places, control);
  return {
    items: kept.length,
    cuts: scored,
    leep: source && leep({ p: source.p, sourceClasses: source.classes, y, classes: classes.length }),
    cka: matrices.map((a) => matrices.map((b) => (a === b ? 1 : debiasedLinearCka(a, b)))),
  };
}

function scoresOf(
  { above, columns, p }: CutFeatures,
  features: FeatureMatrix,
  y: Int32Array,
  classes: number,
): BackboneEstimate['cuts'][number] {
  const labelled = { features, y, classes };
  return {
    above,
    width: columns,
    probe: proportion(hits(p, y, classes), y.length),
    neighbours: nearestNeighbourAccuracy(labelled),
    logMe: logMe(labelled),
    hScore: hScore(labelled),
    likeness: debiasedLinearCka(features, oneHot(y, classes)),
  };
}

function hits(p: Float32Array, y: Int32Array, classes: number): number {
  return y.reduce((sum, truth, row) => {
    const own = p.subarray(row * classes, (row + 1) * classes);
    return sum + Number(own.indexOf(Math.max(...own)) === truth);
  }, 0);
}

function oneHot(y: Int32Array, classes: number): FeatureMatrix {
  const values = new Float32Array(y.length * classes);
  y.forEach((truth, row) => (values[row * classes + truth] = 1));
  return { values, rows: y.length, columns: classes };
}
