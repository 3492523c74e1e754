import { add, dispose, keep, mul, softmax, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Recipe, Stage } from '../../../shared/recipe/recipe.ts';
import { withStep } from '../backend/index.ts';
import { plainBatch, trainingBatch } from './inputs/batch.ts';
import type { RunControl } from './control.ts';
import { crossEntropy, l2Penalty, l2spPenalty, weightedMean } from './optimization/loss.ts';
import { below, hits } from './network/network.ts';
import type { Network, Trainable } from './network/network.ts';
import type { Mover } from './optimization/optimizers.ts';
import { balancedOrder, batchesOf, epochOrder } from './inputs/order.ts';
import type { BatchPlan } from './inputs/order.ts';
import { takeRows } from './inputs/rows.ts';
import { rateShare } from './optimization/schedule.ts';
import type { Rows } from './inputs/rows.ts';

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
  /** The carried-over values of variables by name, for L2-SP; empty when it is off. */
  anchors: ReadonlyMap<string, Tensor>;
  /** How often a plateau has lowered the rate. */
  drops: number;
}

/** The training items that an epoch visits, in their order, as positions. */
export function trainingOrder(
  { data, recipe }: Pick<StageRun, 'data' | 'recipe'>,
  epoch: number,
): Int32Array {
  const { train, labels } = data;
  const order =
    recipe.sampling === 'balanced'
      ? balancedOrder(
          train.map((position) => labels[position]!),
          recipe.seed,
          epoch,
        )
      : epochOrder(train.length, recipe.seed, epoch);
  return order.map((at) => train[at]!);
}

/**
 * Trains epoch `epoch` of the run, after `stageEpoch` of this stage, reporting after each step. Returns the mean loss and accuracy over the items seen,
 * and whether the epoch was ended early by a stop. A pause waits between two steps.
 */
export async function trainEpoch(
  run: StageRun,
  epoch: number,
  stageEpoch: number,
  control: RunControl,
  onStep: (report: StepReport) => void,
  onPause: () => Promise<void>,
): Promise<Measures & { complete: boolean }> {
  const order = trainingOrder(run, epoch);
  const total = order.length;
  const seen = { loss: 0, correct: 0, items: 0 };
  for (const batch of batchesOf(order, run.stage.batchSize)) {
    await control.yield();
    if (control.paused) await onPause();
    if (control.stopped) return { ...means(seen), complete: false };
    run.mover.setRate(
      rateShare(run.stage.schedule, stageEpoch + seen.items / total, run.stage.epochs, run.drops),
    );
    const { loss, correct } = trainStep(run, batch, epoch);
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
export function trainStep(run: StageRun, plan: BatchPlan, epoch: number): { loss: number; correct: number } {
  const { mover, part } = run;
  const [loss, correct] = withStep(() => {
    const batch = trainingBatch(run, plan, epoch);
    let correct: Tensor | undefined;
    const loss = mover.step(() => {
      const logits = part.forward(enter(run, batch.x), true);
      correct = keep(sum(mul(hits(logits, batch.labels), batch.real)));
      const mean = weightedMean(crossEntropy(logits, batch.target), batch.weights);
      return addPenalties(mean, run);
    });
    dispose(Object.values(batch));
    return [loss, correct as Tensor] as const;
  });
  const result = { loss: scalarOf(loss), correct: Math.round(scalarOf(correct)) };
  dispose([loss, correct]);
  return result;
}

function addPenalties(loss: Scalar, { recipe, part, anchors }: StageRun): Scalar {
  const penalties: Scalar[] = [];
  if (recipe.l2 > 0) penalties.push(l2Penalty(part.variables, recipe.l2));
  if (recipe.l2sp > 0) penalties.push(l2spPenalty(part.variables, anchors, recipe.l2sp));
  return penalties.reduce<Scalar>((total, penalty) => add(total, penalty), loss);
}

const scalarOf = (tensor: Tensor): number => tensor.dataSync()[0] as number;

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
      const { x, labels, target, real } = plainBatch(run, batch);
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
