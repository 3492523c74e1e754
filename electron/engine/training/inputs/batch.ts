import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Augmentation } from '../../../../shared/recipe/augmentation.ts';
import { derivedSeed } from '../../../../shared/random.ts';
import { applyDraws, drawMix, drawPicture, mixPixels, mixTargets } from './augmentation.ts';
import { targets } from '../optimization/loss.ts';
import type { BatchPlan } from './order.ts';
import { takeRows } from './rows.ts';
import type { StageRun } from '../stage.ts';

/** What one step or one evaluation batch is fed with. */
export interface Batch {
  x: Tensor;
  labels: Tensor1D;
  /** `[rows, classes]`, smoothed and mixed while training. */
  target: Tensor2D;
  /** 1 for real items, 0 for padding. */
  real: Tensor1D;
  /** Weight of each item in the loss. */
  weights: Tensor1D;
}

type Source = Pick<StageRun, 'network' | 'data'>;

/** A batch as it is, for measuring. */
export function plainBatch({ network, data }: Source, plan: BatchPlan): Batch {
  const labels = labelsOf(data.labels, plan);
  return assemble(
    plan,
    labels,
    takeRows(data.rows, plan.positions),
    targets(labels, network.spec.classes.length, 0),
    plan.weights,
  );
}

/**
 * A batch to learn from: augmented, smoothed, mixed and weighted as the recipe says. What is drawn depends on seed,
 * epoch and item alone (mixing: on the batch's place), so that a resumed run draws the same.
 */
export function trainingBatch(run: StageRun, plan: BatchPlan, epoch: number): Batch {
  const { network, data, recipe } = run;
  const classes = network.spec.classes.length;
  const labels = labelsOf(data.labels, plan);
  const { classWeights } = data;
  const weights = plan.weights.map((weight, row) =>
    classWeights ? weight * (classWeights[labels[row] as number] as number) : weight,
  );
  const rows = takeRows(data.rows, plan.positions, epoch);
  const plain = targets(labels, classes, recipe.labelSmoothing);
  const { augmentation } = recipe;
  if (augmentation === null || data.rows.kind !== 'pixels')
    return assemble(plan, labels, rows, plain, weights);
  const seed = derivedSeed(recipe.seed, epoch);
  const repeats = recipe.sampling === 'balanced';
  const varied = augmentPixels(
    rows as Tensor4D,
    augmentation,
    Array.from(plan.positions, (position, row) =>
      // An item that is drawn several times in an epoch is not to look the same each time.
      repeats ? derivedSeed(seed, position, plan.start + row) : derivedSeed(seed, position),
    ),
  );
  rows.dispose();
  const mix = drawMix(
    augmentation,
    plan.positions.length,
    network.spec.input.size,
    derivedSeed(seed, -1, plan.positions[0] ?? 0),
  );
  if (!mix) return assemble(plan, labels, varied, plain, weights);
  const mixed = mixPixels(varied, mix);
  varied.dispose();
  return assemble(plan, labels, mixed, mixTargets(plain, classes, mix), weights);
}

/** Pixels `[rows, size, size, 3]`, 0 to 255, each varied by the draw of its own seed. */
export function augmentPixels(pixels: Tensor4D, settings: Augmentation, seeds: readonly number[]): Tensor4D {
  const [, size = 0] = pixels.shape;
  return applyDraws(
    pixels,
    seeds.map((seed) => drawPicture(settings, size, seed)),
    settings,
  );
}

const labelsOf = (labels: Int32Array, { positions }: BatchPlan): Int32Array =>
  positions.map((position) => labels[position] as number);

function assemble(
  plan: BatchPlan,
  labels: Int32Array,
  x: Tensor,
  target: Float32Array,
  weights: Float32Array,
): Batch {
  return {
    x,
    labels: tensor1d(labels, 'int32'),
    target: tensor2d(target, [labels.length, target.length / labels.length]),
    real: tensor1d(plan.weights),
    weights: tensor1d(weights),
  };
}
