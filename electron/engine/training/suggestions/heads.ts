import { cast, dispose, oneHot, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { seededRandom, shuffle } from '../../../../shared/random.ts';
import type { EngineMethods } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { crossValidate } from '../examination/cross-validation.ts';
import { dealFolds } from '../examination/folds.ts';
import { fitLinearHead, headProbabilities } from '../examination/linear-head.ts';
import type { LinearHead } from '../examination/linear-head.ts';
import type { HeldFeatures, TrainedHeads } from './held-features.ts';

type Request = z.output<EngineMethods['suggest']['params']>;

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
/** The penalty while all labels are of copies, and none can be held out. */
const PLAIN_PENALTY = 1e-2;
/** Rows predicted at a time. */
const BLOCK = 1024;
/** Rows are filled up to one of these many shares of a power of two: every other count would be compiled anew. */
const SHARES = 8;

export interface Trained {
  heads: TrainedHeads;
  /** Whether the heads without each fold are those of today's labels. */
  validated: boolean;
  validateSeconds: number;
}

/**
 * Trains the head on all labelled rows, starting from the last one, and, when asked to or when there is none yet,
 * those without each fold. No such head ever starts from one that has seen its fold.
 * @param labelled positions of `request.ids`
 */
export async function trainHeads(
  held: HeldFeatures,
  request: Request,
  labelled: Int32Array,
  control: RunControl,
): Promise<Trained> {
  const between = () => control.yield();
  const before = sameClasses(held.heads?.classIds, request.classIds) ? held.heads : null;
  const sample = sampleOf(labelled, MOST_TRAINED);
  const start = performance.now();
  const validated = request.validate || !before;
  if (validated) dealOn(held, request, labelled);
  const judging = validated ? await validate(held, request, sample, before, between) : before;
  const validateSeconds = validated ? (performance.now() - start) / 1000 : 0;
  const whole = await trainWhole(held, request, sample, judging.l2, before?.whole ?? null, between);
  held.heads = { ...judging, whole };
  return { heads: held.heads, validated, validateSeconds };
}

async function trainWhole(
  held: HeldFeatures,
  request: Request,
  rows: Int32Array,
  l2: number,
  start: LinearHead | null,
  between: () => Promise<void>,
): Promise<LinearHead> {
  const { features, y } = padded(held, request, rows);
  const data = tidy(() => ({
    x: tensor2d(features, [y.length, held.columns]),
    target: cast(oneHot(tensor1d(y, 'int32'), request.classIds.length), 'float32') as Tensor2D,
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
async function validate(
  held: HeldFeatures,
  request: Request,
  sample: Int32Array,
  before: TrainedHeads | null,
  between: () => Promise<void>,
): Promise<Omit<TrainedHeads, 'whole'>> {
  const on = (rows: Int32Array, more: { penalties?: number[]; start?: LinearHead[] }) => {
    const folds = Int32Array.from(rows, (at) => held.folds.get(request.ids[at]!)!);
    const { features, y } = padded(held, request, rows);
    const data = {
      features,
      columns: held.columns,
      y,
      classes: request.classIds.length,
      tolerance: TOLERANCE,
      ...more,
    };
    return crossValidate({ ...data, folds: y.map((_, row) => folds[row] ?? -1) }, between, () => undefined);
  };
  const classIds = [...request.classIds];
  const folds = new Set(Array.from(sample, (at) => held.folds.get(request.ids[at]!)));
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
function dealOn(held: HeldFeatures, { ids, y, groups }: Request, labelled: Int32Array): void {
  const dealt = dealFolds(
    labelled.map((at) => y[at]!),
    labelled.map((at) => groups[at]!),
    FOLDS,
    SEED,
    labelled.map((at) => held.folds.get(ids[at]!) ?? -1),
  );
  labelled.forEach((at, row) => held.folds.set(ids[at]!, dealt[row]!));
}

/** Probabilities `[ids.length * classes]` of items. */
export async function probabilitiesOf(
  held: HeldFeatures,
  ids: Int32Array,
  head: LinearHead,
  classes: number,
  control: RunControl,
): Promise<Float32Array> {
  const all = new Float32Array(ids.length * classes);
  const rows = new Float32Array(BLOCK * held.columns);
  for (let start = 0; start < ids.length; start += BLOCK) {
    await control.yield();
    const some = ids.subarray(start, start + BLOCK);
    some.forEach((id, row) => rows.set(held.rowOf(id), row * held.columns));
    const output = tidy(() =>
      headProbabilities(tensor2d(rows.slice(), [BLOCK, held.columns]), head, classes),
    );
    all.set(output.dataSync<'float32'>().subarray(0, some.length * classes), start * classes);
    output.dispose();
  }
  return all;
}

/** Features and classes of rows, filled up with rows of no class. */
function padded(held: HeldFeatures, { ids, y }: Request, rows: Int32Array) {
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

function sameClasses(before: readonly number[] | undefined, now: readonly number[]): boolean {
  return before?.length === now.length && now.every((id, at) => before[at] === id);
}
