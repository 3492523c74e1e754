import { cast, keep, oneHot, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { derivedSeed, seededRandom, shuffle } from '../../../../shared/random.ts';
import type { EngineMethods, EngineProgress, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { createDataset } from '../inputs/dataset.ts';
import { cutForStage } from '../network/network.ts';
import { startingNetwork } from '../plan.ts';
import { Reporter } from '../reporter.ts';
import { centredToUnit, crossValidate } from './cross-validation.ts';
import { dealFolds } from './folds.ts';
import { fitLinearHead, headProbabilities } from './linear-head.ts';
import type { HeadData } from './linear-head.ts';

type Request = z.output<EngineMethods['learningCurve']['params']>;
type Trial = EngineResult<'learningCurve'>['overall'][number];

const FOLDS = 5;
/** Shares of the training pictures that heads learn from, each part of the next (nested). */
const SHARES = [0.1, 0.14, 0.19, 0.26, 0.36, 0.5, 0.7, 1];
/** Of one class alone, all others staying whole. */
const CLASS_SHARES = [0.2, 0.4, 0.7, 1];
/** Classes of the lowest recall that are looked at by themselves. */
const MOST_CLASSES = 3;
/** Fewer pictures of a class than this teach nothing about a trend. */
const LEAST_OF_CLASS = 3;

interface Material {
  data: HeadData;
  /** Rows of the training split and of validation. */
  train: number[];
  validation: number[];
  y: Int32Array;
  classes: number;
  l2: number;
}

/**
 * How heads on a backbone's features do on validation when they learn from parts of the training split: of all
 * classes alike, and of the weakest classes one at a time. The strength of the penalty is chosen once, by
 * cross-validation within the training split.
 * @throws GraftError `weights.*`, `run.no-readable-items`, `cancelled`
 */
export async function measureLearningCurve(
  { recipe, classes, items, repeats, seed, places }: Request,
  control: RunControl,
  onProgress: (progress: EngineProgress<'learningCurve'>) => void,
): Promise<EngineResult<'learningCurve'>> {
  const network = await startingNetwork(recipe, classes, places);
  const part = cutForStage(network, new Set());
  const reporter = new Reporter((said) => {
    if (said.kind !== 'progress') return;
    const { done, total } = said.progress;
    onProgress({ phase: 'features', done, total });
  }, 0);
  const dataset = createDataset(items, network, places, control, reporter);
  try {
    const { data } = await dataset.rowsAt(part, null);
    const failed = new Set(dataset.failed.map(({ id }) => id));
    const kept = items.map((item, at) => ({ ...item, at })).filter(({ id }) => !failed.has(id));
    const columns = network.featureWidth;
    const features = new Float32Array(kept.length * columns);
    kept.forEach(({ at }, row) =>
      features.set((data as Float32Array).subarray(at * columns, (at + 1) * columns), row * columns),
    );
    return await measure(
      kept,
      features,
      { columns, classes: classes.length, repeats, seed },
      control,
      onProgress,
    );
  } finally {
    dataset.dispose();
    network.body.dispose();
    network.head.dispose();
  }
}

async function measure(
  kept: readonly { classIndex: number; split: string }[],
  features: Float32Array,
  { columns, classes, repeats, seed }: { columns: number; classes: number; repeats: number; seed: number },
  control: RunControl,
  onProgress: (progress: EngineProgress<'learningCurve'>) => void,
): Promise<EngineResult<'learningCurve'>> {
  const between = () => control.yield();
  const y = Int32Array.from(kept, ({ classIndex }) => classIndex);
  const rowsIn = (split: string) => kept.flatMap((item, row) => (item.split === split ? [row] : []));
  const [train, validation] = [rowsIn('train'), rowsIn('validation')];
  const inTrain = new Set(train);
  const folds = dealFolds(
    y.map((label, row) => (inTrain.has(row) ? label : -1)),
    y.map((_, row) => row),
    FOLDS,
    seed,
  );
  const { l2 } = await crossValidate({ features, columns, y, classes, folds }, between, () => undefined);
  const data = tidy(() => ({
    x: keep(tensor2d(centredToUnit(features, columns), [y.length, columns])),
    target: keep(cast(oneHot(tensor1d(y, 'int32'), classes), 'float32') as Tensor2D),
  }));
  const material = { data, train, validation, y, classes, l2 };
  const total = repeats * (SHARES.length + MOST_CLASSES * CLASS_SHARES.length);
  let done = 0;
  const tell = () => onProgress({ phase: 'train', done: ++done, total });
  try {
    const overall: Trial[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = nestedOrder(material, derivedSeed(seed, repeat));
      for (const share of SHARES) {
        const rows = order.slice(0, Math.max(classes, Math.round(share * train.length)));
        overall.push(await trial(material, rows, rows.length, between));
        tell();
      }
    }
    const perClass: EngineResult<'learningCurve'>['perClass'] = [];
    for (const weak of weakest(material, overall)) {
      const trials: Trial[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        trials.push(...(await ofOneClass(material, weak, derivedSeed(seed, repeat, weak), between, tell)));
      }
      perClass.push({ classIndex: weak, trials });
    }
    return { overall, perClass, tested: validation.length };
  } finally {
    data.x.dispose();
    data.target.dispose();
  }
}

/** Training rows so that every beginning holds the classes in the same shares, and is part of every longer one. */
function nestedOrder({ train, y }: Material, seed: number): number[] {
  const places = [...Map.groupBy(train, (row) => y[row]!)].flatMap(([label, rows]) =>
    shuffle([...rows], seededRandom(derivedSeed(seed, label))).map((row, at) => ({
      row,
      place: (at + 0.5) / rows.length,
    })),
  );
  return places.sort((a, b) => a.place - b.place || a.row - b.row).map(({ row }) => row);
}

async function ofOneClass(
  material: Material,
  label: number,
  seed: number,
  between: () => Promise<void>,
  tell: () => void,
): Promise<Trial[]> {
  const others = material.train.filter((row) => material.y[row] !== label);
  const own = shuffle(
    material.train.filter((row) => material.y[row] === label),
    seededRandom(seed),
  );
  const trials: Trial[] = [];
  for (const share of CLASS_SHARES) {
    const count = Math.max(1, Math.round(share * own.length));
    trials.push(await trial(material, [...others, ...own.slice(0, count)], count, between));
    tell();
  }
  return trials;
}

/** Validation errors of a head that learned from these rows; `items` is the number on the curve's axis. */
async function trial(
  { data, validation, y, classes, l2 }: Material,
  rows: readonly number[],
  items: number,
  between: () => Promise<void>,
): Promise<Trial> {
  const weights = new Float32Array(y.length);
  for (const row of rows) weights[row] = 1;
  const head = await fitLinearHead(data, weights, l2, null, between);
  const output = tidy(() => headProbabilities(data.x, head, classes));
  const p = output.dataSync<'float32'>();
  output.dispose();
  const correct = new Array<number>(classes).fill(0);
  let wrong = 0;
  for (const row of validation) {
    let best = 0;
    for (let label = 1; label < classes; label++) {
      if (p[row * classes + label]! > p[row * classes + best]!) best = label;
    }
    if (best === y[row]) correct[best]!++;
    else wrong++;
  }
  return { items, wrong, tested: validation.length, correct };
}

/** Classes by their recall with all training pictures, the lowest first. */
function weakest({ train, validation, y, classes }: Material, overall: readonly Trial[]): number[] {
  const whole = overall.filter(({ items }) => items === train.length);
  const count = (rows: readonly number[], label: number) => rows.filter((row) => y[row] === label).length;
  return Array.from({ length: classes }, (_, label) => label)
    .filter((label) => count(train, label) >= LEAST_OF_CLASS && count(validation, label) > 0)
    .map((label) => ({
      label,
      recall: whole.reduce((sum, { correct }) => sum + correct[label]!, 0) / count(validation, label),
    }))
    .sort((a, b) => a.recall - b.recall || a.label - b.label)
    .slice(0, MOST_CLASSES)
    .map(({ label }) => label);
}
