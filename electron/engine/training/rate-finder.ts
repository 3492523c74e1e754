import { GraftError } from '../../../shared/errors.ts';
import type { EngineResult } from '../protocol.ts';
import type { RunControl } from './control.ts';
import { createDataset } from './inputs/dataset.ts';
import { batchesOf } from './inputs/order.ts';
import { startingNetwork } from './plan.ts';
import { prepareStage } from './prepare-stage.ts';
import { Reporter } from './reporter.ts';
import type { TrainRequest } from './session.ts';
import { trainStep, trainingOrder } from './stage.ts';
import type { StageRun } from './stage.ts';

const lowest = 1e-7;
const highest = 10;
/** Share of the smoothed loss that is old: a test of a hundred steps bears no more. */
const smoothing = 0.9;
/** A loss this many times the best one has left the useful range. */
const divergence = 4;

/**
 * Learning-rate range test (Smith 2017, https://arxiv.org/abs/1506.01186): trains with a rate that rises from step to
 * step and looks at where the loss falls fastest. It works on a network of its own, so nothing of the project's changes.
 * `losses` are smoothed by a bias-corrected exponential mean. `suggestion` is null when the loss never fell.
 */
export async function findRate(
  request: Omit<TrainRequest, 'resume'> & { stage: number; steps: number },
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<EngineResult<'findRate'>> {
  const { recipe, classes, items, places, steps } = request;
  const stage = recipe.stages[request.stage];
  if (!stage)
    throw new GraftError('recipe.no-stage', { stage: request.stage + 1, stages: recipe.stages.length });
  const network = await startingNetwork(recipe, classes, places);
  const dataset = createDataset(items, network, places, control, new Reporter(() => undefined, 1));
  try {
    const run = await prepareStage(
      network,
      dataset,
      recipe,
      { ...stage, optimizer: { ...stage.optimizer, learningRate: 1 } },
      new Map(),
    );
    return await sweep(run, steps, control, onProgress);
  } finally {
    dataset.dispose();
    network.body.dispose();
    network.head.dispose();
  }
}

async function sweep(
  run: StageRun,
  steps: number,
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<EngineResult<'findRate'>> {
  const rates: number[] = [];
  const losses: number[] = [];
  let mean = 0;
  for (const [step, { plan, epoch }] of endlessBatches(run, steps).entries()) {
    await control.yield();
    const rate = lowest * (highest / lowest) ** (step / (steps - 1));
    run.mover.setRate(rate);
    const { loss } = trainStep(run, plan, epoch);
    mean = smoothing * mean + (1 - smoothing) * loss;
    const smoothed = mean / (1 - smoothing ** (step + 1));
    if (!Number.isFinite(smoothed) || smoothed > divergence * Math.min(...losses, Infinity)) break;
    rates.push(rate);
    losses.push(smoothed);
    onProgress(step + 1, steps);
  }
  return { rates, losses, suggestion: steepest(rates, losses) };
}

function endlessBatches(run: StageRun, steps: number) {
  const batches = [];
  for (let epoch = 0; batches.length < steps; epoch++) {
    for (const plan of batchesOf(trainingOrder(run, epoch), run.stage.batchSize))
      batches.push({ plan, epoch });
  }
  return batches.slice(0, steps);
}

/** Rate at which the loss falls fastest per decade, before its lowest point; null when it never fell. */
export function steepest(rates: readonly number[], losses: readonly number[]): number | null {
  const lowestAt = losses.indexOf(Math.min(...losses));
  let best: { slope: number; rate: number } | null = null;
  // The first steps say more of the smoothing's start than of the rate.
  for (let i = Math.max(1, Math.floor(rates.length / 10)); i < lowestAt; i++) {
    const [before, after] = [i - 1, i + 1];
    const decades = Math.log10((rates[after] as number) / (rates[before] as number));
    const slope = ((losses[after] as number) - (losses[before] as number)) / decades;
    if (slope < (best?.slope ?? 0)) best = { slope, rate: rates[i] as number };
  }
  return best?.rate ?? null;
}
