import { cast, dispose, oneHot, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { seededRandom, shuffle } from '../../../../shared/random.ts';
import type { EngineMethods } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { crossValidate } from '../examination/cross-validation.ts';
import { dealFolds } from '../examination/folds.ts';
import { fitLinearHead } from '../examination/linear-head.ts';
import type { LinearHead } from '../examination/linear-head.ts';
import type { HeldFeatures, JudgingHeads } from './held-features.ts';

type Labels = Pick<z.output<EngineMethods['suggest']['params']>, 'ids' | 'y' | 'classIds'>;
type Grouped = z.output<EngineMethods['judgeSuggestions']['params']>;

const FOLDS = 5;
const SEED = 42;
/** A head of so few numbers learns little more from further rows: beyond this many, a seeded sample is taken. */
const MOST_TRAINED = 10_000;
/** Rows on which the strength of the penalty is chosen. */
const MOST_CHOSEN_ON = 2000;
/** It is chosen anew once there are this many times the labels. */
const GROWTH = 1.5;
/** A tighter search takes several times as long and changes no suggestion. */
const TOLERANCE = 1e-3;
/** The penalty before labels were judged, and while all of them are of copies and none can be held out. */
const PLAIN_PENALTY = 1e-2;
/** Rows are filled up to one of these many shares of a power of two: every other count would be compiled anew. */
const SHARES = 8;

/**
 * Trains the head on all labelled rows, starting from the last one.
 * @param labelled positions of `labels.ids`
 */
export async function trainHead(
  held: HeldFeatures,
  labels: Labels,
  labelled: Int32Array,
  control: RunControl,
): Promise<LinearHead> {
  const before = sameClasses(held.whole, labels) ? held.whole.head : null;
  const l2 = held.judging?.l2 ?? PLAIN_PENALTY;
  const sample = sampleOf(labelled, MOST_TRAINED);
  const head = await fitWhole(held, labels, sample, l2, before, () => control.yield());
  held.whole = { classIds: [...labels.classIds], head };
  return head;
}

/**
 * Trains the heads without each fold. No such head ever starts from one that has seen its fold.
 * @param labelled positions of `labels.ids`
 */
export async function trainJudges(
  held: HeldFeatures,
  labels: Grouped,
  labelled: Int32Array,
  control: RunControl,
): Promise<JudgingHeads> {
  const before = sameClasses(held.judging, labels) ? held.judging : null;
  dealOn(held, labels, labelled);
  const sample = sampleOf(labelled, MOST_TRAINED);
  held.judging = await fitJudges(held, labels, sample, before, () => control.yield());
  return held.judging;
}

async function fitWhole(
  held: HeldFeatures,
  labels: Labels,
  rows: Int32Array,
  l2: number,
  start: LinearHead | null,
  between: () => Promise<void>,
): Promise<LinearHead> {
  const { features, y } = padded(held, labels, rows);
  const data = tidy(() => ({
    x: tensor2d(features, [y.length, held.columns]),
    target: cast(oneHot(tensor1d(y, 'int32'), labels.classIds.length), 'float32') as Tensor2D,
  }));
  try {
    return await fitLinearHead(
      data,
      y.map((label) => Number(label >= 0)),
      l2,
      start,
      between,
      TOLERANCE,
    );
  } finally {
    dispose([data.x, data.target]);
  }
}

/** The heads without each fold, with the strength of the penalty under which held-out labels are likeliest. */
async function fitJudges(
  held: HeldFeatures,
  labels: Labels,
  sample: Int32Array,
  before: JudgingHeads | null,
  between: () => Promise<void>,
): Promise<JudgingHeads> {
  const on = (rows: Int32Array, more: { penalties?: number[]; start?: LinearHead[] }) => {
    const folds = Int32Array.from(rows, (at) => held.folds.get(labels.ids[at]!)!);
    const { features, y } = padded(held, labels, rows);
    const data = {
      features,
      columns: held.columns,
      y,
      classes: labels.classIds.length,
      tolerance: TOLERANCE,
      ...more,
    };
    return crossValidate({ ...data, folds: y.map((_, row) => folds[row] ?? -1) }, between, () => undefined);
  };
  const classIds = [...labels.classIds];
  const folds = new Set(Array.from(sample, (at) => held.folds.get(labels.ids[at]!)));
  if (folds.size < 2) return { classIds, perFold: [], l2: PLAIN_PENALTY, chosenAt: 0 };
  const grown = !before || sample.length > GROWTH * before.chosenAt;
  if (!grown) {
    const { heads } = await on(sample, { penalties: [before.l2], start: before.perFold });
    return { classIds, perFold: heads, l2: before.l2, chosenAt: before.chosenAt };
  }
  const few = sampleOf(sample, MOST_CHOSEN_ON);
  const chosen = await on(few, {});
  const whole = few.length < sample.length;
  const { heads } = whole ? await on(sample, { penalties: [chosen.l2], start: chosen.heads }) : chosen;
  return { classIds, perFold: heads, l2: chosen.l2, chosenAt: sample.length };
}

/** Deals rows that are in no fold yet. */
function dealOn(held: HeldFeatures, { ids, y, groups }: Grouped, labelled: Int32Array): void {
  const dealt = dealFolds(
    labelled.map((at) => y[at]!),
    labelled.map((at) => groups[at]!),
    FOLDS,
    SEED,
    labelled.map((at) => held.folds.get(ids[at]!) ?? -1),
  );
  labelled.forEach((at, row) => held.folds.set(ids[at]!, dealt[row]!));
}

/** Features and classes of rows, filled up with rows of no class. */
function padded(held: HeldFeatures, { ids, y }: Labels, rows: Int32Array) {
  const count = paddedCount(rows.length);
  const features = new Float32Array(count * held.columns);
  const labels = new Int32Array(count).fill(-1);
  rows.forEach((at, row) => {
    features.set(held.rowOf(ids[at]!), row * held.columns);
    labels[row] = y[at]!;
  });
  return { features, y: labels };
}

function paddedCount(rows: number): number {
  const step = Math.max(8, 2 ** Math.ceil(Math.log2(Math.max(rows, 1))) / SHARES);
  return Math.ceil(rows / step) * step;
}

function sampleOf(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from(shuffle([...rows], seededRandom(SEED)).slice(0, most)).sort();
}

function sameClasses<T extends { classIds: readonly number[] }>(
  before: T | null,
  { classIds }: Labels,
): before is T {
  return (
    before?.classIds.length === classIds.length && classIds.every((id, at) => before.classIds[at] === id)
  );
}
