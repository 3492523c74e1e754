import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { splitQuantile } from '../../evaluation/calibration/conformal.ts';
import { noveltyScores, type NeighbourRule } from '../../evaluation/calibration/novelty.ts';
import type { FeatureMatrix } from '../../evaluation/transferability/features.ts';
import { normalizedRows } from '../../evaluation/transferability/matrix.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { EngineParams, EngineResult } from '../protocol.ts';
import { readSafetensors, writeSafetensors } from '../tensors/safetensors.ts';
import type { RunControl } from '../training/control.ts';
import { itemFeatures, predictImages } from '../training/inference/predict.ts';

/** In a run's folder: unit-length features of training pictures as `bank`, `[rows, width]`; `k` in the metadata. */
const noveltyFile = 'novelty.safetensors';

/** Rows compared with the bank between two looks at what else was asked. */
const rowsAtOnce = 16;

type Request = Omit<EngineParams<'learnNovelty'>, 'run' | 'places'>;

/**
 * Learns what a run knows: the features of some training pictures, and the distance to the k-th nearest of them that
 * held-out pictures keep, but for a share of false alarms (Sun et al. 2022).
 * @throws GraftError `novelty.too-few` with fewer than k readable training pictures
 */
export async function learnNovelty(
  dir: string,
  { training, heldOut, k, falseAlarms }: Request,
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<EngineResult<'learnNovelty'>> {
  const total = training.length + heldOut.length;
  const seen = await itemFeatures(dir, training, control, (done) => onProgress(done, total));
  if (seen.rows < k) throw new GraftError('novelty.too-few', { needed: k, found: seen.rows });
  const other = await itemFeatures(dir, heldOut, control, (done) =>
    onProgress(training.length + done, total),
  );
  const bank = normalizedRows(seen);
  const rule = ruleOf(bank, k);
  const distances = new Float64Array(other.rows);
  for (let row = 0; row < other.rows; row += rowsAtOnce) {
    await control.yield();
    distances.set(noveltyScores(rule, rowsOf(other, row, rowsAtOnce)), row);
  }
  await writeSafetensors(
    join(dir, noveltyFile),
    new Map([
      ['bank', { shape: [seen.rows, seen.columns], dtype: 'F32', data: Float32Array.from(bank.values) }],
    ]),
    { format: 'graft-novelty', k: String(k) },
  );
  return {
    threshold: splitQuantile(distances, 1 - falseAlarms),
    bank: seen.rows,
    items: other.rows,
    width: seen.columns,
  };
}

/** Predicts pictures from anywhere, with how far each lies from what the run knows. */
export async function judgeImages(
  dir: string,
  images: EngineParams<'predictImages'>['images'],
  control: RunControl,
): Promise<EngineResult<'predictImages'>> {
  const rule = await knownFeatures(dir);
  const judged = await predictImages(dir, images, control);
  const distanceOf = (values: Float32Array): number | null =>
    rule && rule.bank.columns === values.length
      ? noveltyScores(rule, { values, rows: 1, columns: values.length })[0]!
      : null;
  return {
    probabilities: judged.map((one) => ('failed' in one ? [] : Array.from(one.probabilities))),
    failed: judged.map((one) => ('failed' in one ? one.failed : null)),
    distances: judged.map((one) => ('failed' in one ? null : distanceOf(one.features))),
  };
}

/** The features read last: people look at several pictures in a row. */
let known: { path: string; written: number; rule: NeighbourRule } | null = null;

async function knownFeatures(dir: string): Promise<NeighbourRule | null> {
  const path = join(dir, noveltyFile);
  if (!existsSync(path)) return null;
  const written = statSync(path).mtimeMs;
  if (known?.path === path && known.written === written) return known.rule;
  const { tensors, metadata } = await readSafetensors(path, ['bank']);
  const { shape, data } = tensors.get('bank')!;
  const [rows = 0, columns = 0] = shape;
  const k = Number(metadata['k']);
  if (!(Number.isInteger(k) && k >= 1 && k <= rows)) return null;
  known = { path, written, rule: ruleOf({ values: data as Float32Array, rows, columns }, k) };
  return known.rule;
}

const ruleOf = (bank: FeatureMatrix, k: number): NeighbourRule => ({
  method: 'neighbours',
  k,
  bank,
  accepted: 1,
  threshold: null,
});

function rowsOf({ values, rows, columns }: FeatureMatrix, start: number, count: number): FeatureMatrix {
  const end = Math.min(rows, start + count);
  const part = (values as Float32Array).subarray(start * columns, end * columns);
  return { values: part, rows: end - start, columns };
}
