import { add, keep, mul, softmax, sum, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Recipe, Stage } from '../../../shared/recipe.ts';
import { withStep } from '../backend/index.ts';
import type { RunControl } from './control.ts';
import { crossEntropy, l2Penalty, targets, weightedMean } from './loss.ts';
import { below, hits } from './network.ts';
import type { Network, Trainable } from './network.ts';
import type { Mover } from './optimizers.ts';
import { batchesOf, epochOrder } from './order.ts';
import type { BatchPlan } from './order.ts';
import { takeRows } from './rows.ts';
import type { Rows } from './rows.ts';

/** What a stage learns from. `labels` and `rows` share their positions; -1 is no label. */
export interface StageData {
  rows: Rows;
  labels: Int32Array;
  train: Int32Array;
  validation: Int32Array;
  /** Weight of each class in the loss; null: all 1. */
  classWeights: Float32Array | null;
}

export interface Measures {
  loss: number;
  accuracy: number;
}

export interface StepReport extends Measures {
  done: number;
  total: number;
}

/** One stage ready to train: a network cut where the stage begins, its data, and what moves the weights. */
export interface StageRun {
  network: Network;
  part: Trainable;
  data: StageData;
  recipe: Recipe;
  stage: Stage;
  mover: Mover;
}

/**
 * Trains one epoch, reporting after each step. Returns the mean loss and accuracy over the items seen,
 * and whether the epoch was ended early by a stop. A pause waits between two steps.
 */
export async function trainEpoch(
  run: StageRun,
  epoch: number,
  control: RunControl,
  onStep: (report: StepReport) => void,
  onPause: () => Promise<void>,
): Promise<Measures & { complete: boolean }> {
  const order = Int32Array.from(
    epochOrder(run.data.train.length, run.recipe.seed, epoch),
    (i) => run.data.train[i] as number,
  );
  const total = order.length;
  const seen = { loss: 0, correct: 0, items: 0 };
  for (const batch of batchesOf(order, run.stage.batchSize)) {
    await control.yield();
    if (control.paused) await onPause();
    if (control.stopped) return { ...means(seen), complete: false };
    const { loss, correct } = trainStep(run, batch);
    seen.loss += loss * batch.count;
    seen.correct += correct;
    seen.items += batch.count;
    onStep({ ...means(seen), done: seen.items, total });
  }
  return { ...means(seen), complete: true };
}

function means({ loss, correct, items }: { loss: number; correct: number; items: number }): Measures {
  return { loss: loss / Math.max(items, 1), accuracy: correct / Math.max(items, 1) };
}

/** Forward, backward and update in one flush. `correct` counts items, `loss` is the batch's mean. */
function trainStep(run: StageRun, batch: BatchPlan): { loss: number; correct: number } {
  const { recipe, mover, part } = run;
  const [loss, correct] = withStep(() => {
    const { x, labels, target, real, weights } = batchTensors(run, batch, recipe.labelSmoothing);
    let correct: Tensor | undefined;
    const loss = mover.step(() => {
      const logits = part.forward(enter(run, x), true);
      correct = keep(sum(mul(hits(logits, labels), real)));
      const mean = weightedMean(crossEntropy(logits, target), weights);
      return recipe.l2 > 0 ? (add(mean, l2Penalty(part.variables, recipe.l2)) as Scalar) : mean;
    });
    [x, labels, target, real, weights].forEach((tensor) => tensor.dispose());
    return [loss, correct as Tensor] as const;
  });
  const result = { loss: scalarOf(loss), correct: Math.round(scalarOf(correct)) };
  loss.dispose();
  correct.dispose();
  return result;
}

const scalarOf = (tensor: Tensor): number => tensor.dataSync()[0] as number;

function batchTensors(run: StageRun, batch: BatchPlan, smoothing: number) {
  const { data, network } = run;
  const classes = network.spec.classes.length;
  const labels = Int32Array.from(batch.positions, (position) => data.labels[position] as number);
  const classWeights = data.classWeights;
  const weights = batch.weights.map((w, row) =>
    classWeights ? w * (classWeights[labels[row] as number] as number) : w,
  );
  return {
    x: takeRows(data.rows, batch.positions),
    labels: tensor1d(labels, 'int32'),
    target: tensor2d(targets(labels, classes, smoothing), [labels.length, classes]),
    real: tensor1d(batch.weights),
    weights: tensor1d(weights),
  };
}

/** Pixels pass the frozen part (or just the preprocessing) inside the step; features are there already. */
function enter({ network, part, data }: StageRun, x: Tensor): Tensor {
  return data.rows.kind === 'pixels' ? below(network, part, x as Tensor4D) : x;
}

/** Loss (plain cross-entropy) and accuracy on labelled items, with dropout off and stored statistics. */
export async function measure(run: StageRun, positions: Int32Array, control: RunControl): Promise<Measures> {
  const seen = { loss: 0, correct: 0, items: 0 };
  for (const batch of batchesOf(positions, evaluationBatch(run))) {
    await control.yield();
    const [loss, correct] = tidy(() => {
      const { x, labels, target, real } = batchTensors(run, batch, 0);
      const logits = run.part.forward(enter(run, x), false);
      return [
        weightedMean(crossEntropy(logits, target), real),
        sum(mul(hits(logits, labels), real)),
      ] as const;
    });
    seen.loss += scalarOf(loss) * batch.count;
    seen.correct += Math.round(scalarOf(correct));
    seen.items += batch.count;
    loss.dispose();
    correct.dispose();
  }
  return means(seen);
}

/** Probabilities `[positions.length * classes]` of items, in the order given. */
export async function predictRows(
  run: Pick<StageRun, 'network' | 'part' | 'data' | 'stage'>,
  positions: Int32Array,
  control: RunControl,
): Promise<Float32Array> {
  const classes = run.network.spec.classes.length;
  const result = new Float32Array(positions.length * classes);
  let row = 0;
  for (const batch of batchesOf(positions, evaluationBatch(run))) {
    await control.yield();
    const output = tidy(() => {
      const x = takeRows(run.data.rows, batch.positions);
      const entered = run.data.rows.kind === 'pixels' ? below(run.network, run.part, x as Tensor4D) : x;
      return softmax(run.part.forward(entered, false)) as Tensor2D;
    });
    result.set(output.dataSync<'float32'>().subarray(0, batch.count * classes), row * classes);
    output.dispose();
    row += batch.count;
  }
  return result;
}

/** Vectors are cheap: take many at once. Maps and pixels: as many as the stage trains on at once. */
function evaluationBatch({ data, stage }: Pick<StageRun, 'data' | 'stage'>): number {
  return data.rows.shape.length === 1 ? 512 : stage.batchSize;
}
