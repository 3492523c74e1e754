import { join } from 'node:path';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { Optimizer, Tensor as TfTensor, Variable } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../shared/errors.ts';
import type { Epoch } from '../../../shared/contract/runs/runs.ts';
import type { Recipe, Stage } from '../../../shared/recipe/recipe.ts';
import type { DatasetItem, Places, StoredPredictions, TrainResult } from '../protocol.ts';
import { loadCheckpoint, removeCheckpoint, restoreOptimizers, saveCheckpoint } from './checkpoint.ts';
import type { Checkpoint, CheckpointProgress } from './checkpoint.ts';
import type { RunControl } from './control.ts';
import { deviceLabel } from './device.ts';
import { createDataset, featureBatch, weightBytes } from './inputs/dataset.ts';
import type { Dataset } from './inputs/dataset.ts';
import { brokenFreezing, frozenTensors, proveFreezing, saveFreezing, stateOf } from './network/freezing.ts';
import { assignValues, saveNetwork, valuesOf } from './network/model-store.ts';
import { networkDropouts, networkTensors } from './network/network.ts';
import type { Network } from './network/network.ts';
import { countParams, startingNetwork, trainedLayers } from './plan.ts';
import { PassTimer } from './timing/pass-timer.ts';
import { prepareStage } from './prepare-stage.ts';
import { Reporter } from './reporter.ts';
import type { ReportSink } from './reporter.ts';
import { rateShare } from './optimization/schedule.ts';
import { measure, predictRows, trainEpoch } from './stage.ts';
import type { StageRun } from './stage.ts';

export interface TrainRequest {
  run: string;
  recipe: Recipe;
  classes: string[];
  items: DatasetItem[];
  places: Places;
  resume: boolean;
  /** ms between checkpoints, at least: each costs a copy of the weights, and quick epochs need no more. */
  checkpointInterval?: number;
}

const defaultCheckpointInterval = 2_000;

/**
 * One training run from recipe to stored model: prepare the network, compute what is frozen once per picture,
 * train stage after stage, prove that the frozen part did not change, save, and predict validation and test.
 * The weights of the epoch with the lowest validation loss are the ones kept (`restoreBest`).
 */
export async function trainRun(
  request: TrainRequest,
  control: RunControl,
  sink: ReportSink,
): Promise<TrainResult> {
  const session = new Session(request, control, sink);
  try {
    return await session.run();
  } finally {
    session.dispose();
  }
}

class Session {
  private readonly request: TrainRequest;
  private readonly control: RunControl;
  private readonly reporter: Reporter;
  private readonly runDir: string;
  private network!: Network;
  private dataset!: Dataset;
  private checkpoint: Checkpoint | null = null;
  private progress: CheckpointProgress = {
    stage: 0,
    stageEpochs: 0,
    epochs: 0,
    best: null,
    waited: 0,
    drops: 0,
    dropouts: [],
  };
  private best: ReturnType<typeof valuesOf> | null = null;
  private anchors: ReadonlyMap<string, TfTensor> = new Map();
  /** Long ago: the first epoch already leaves something to go on from. */
  private lastCheckpoint = -Infinity;

  constructor(request: TrainRequest, control: RunControl, sink: ReportSink) {
    this.request = request;
    this.control = control;
    this.reporter = new Reporter(
      sink,
      request.recipe.stages.reduce((sum, stage) => sum + stage.epochs, 0),
    );
    this.runDir = join(request.places.runsDir, request.run);
  }

  /** Before the network is there, so that what the network takes is seen. */
  private readonly timer = new PassTimer();

  private get checkpointDir(): string {
    return join(this.runDir, 'checkpoint');
  }

  async run(): Promise<TrainResult> {
    const { recipe, classes, items, places } = this.request;
    this.reporter.phase('prepare', 0);
    this.network = await startingNetwork(recipe, classes, places);
    this.dataset = createDataset(items, this.network, places, this.control, this.reporter, this.timer);
    const before = stateOf(networkTensors(this.network));
    if (recipe.l2sp > 0 && recipe.backbone !== null) this.anchors = startingValues(this.network);
    if (this.request.resume) await this.restore();

    let last: StageRun | null = null;
    const stages = [...recipe.stages.entries()].slice(this.progress.stage);
    for (const [index, stage] of stages) {
      last = await this.openStage(index, stage);
      if (await this.trainStage(last, index)) break;
    }
    if (!last) throw new GraftError('internal', { detail: 'a run without a stage' });
    if (recipe.restoreBest && this.best) assignValues(this.movingTensors(), this.best, this.runDir);

    const anyFrozen = await this.prove(before);
    await this.save();
    const predictions = await this.evaluate(last);
    await removeCheckpoint(this.checkpointDir);
    return {
      stopped: this.control.stopped,
      seconds: this.reporter.finish(),
      imagesPerSecond: this.dataset.imagesPerSecond,
      params: countParams(this.network, this.trainedLayers()),
      frozenUnchanged: anyFrozen ? true : null,
      bestEpoch: this.progress.best?.epoch ?? null,
      device: deviceLabel(),
      pass: this.timer.result(featureBatch, weightBytes(this.network)),
      predictions,
    };
  }

  dispose(): void {
    this.dataset?.dispose();
    dispose([...this.anchors.values()]);
    this.network?.body.dispose();
    this.network?.head.dispose();
  }

  /** Names of the body's layers that any stage trains. */
  private trainedLayers(): ReadonlySet<string> {
    return trainedLayers(this.request.recipe, this.network.blocks);
  }

  /** Everything that is not frozen throughout: what checkpoints and the best epoch keep. */
  private movingTensors() {
    const all = networkTensors(this.network);
    const frozen = new Set(frozenTensors(all, this.trainedLayers()).map(({ name }) => name));
    return all.filter(({ name }) => !frozen.has(name));
  }

  private async restore(): Promise<void> {
    this.checkpoint = await loadCheckpoint(this.checkpointDir);
    if (!this.checkpoint) return;
    this.progress = { ...this.checkpoint.progress };
    const stored = this.checkpoint.tensors;
    assignValues(this.movingTensors(), stored, this.checkpointDir, 'net/');
    networkDropouts(this.network).forEach((dropout, i) => {
      dropout.randomState = this.progress.dropouts[i] ?? dropout.randomState;
    });
    const best = [...stored].filter(([name]) => name.startsWith('best/'));
    if (best.length > 0)
      this.best = new Map(best.map(([name, value]) => [name.slice('best/'.length), value]));
  }

  private async openStage(index: number, stage: Stage): Promise<StageRun> {
    this.reporter.stage = index;
    const run = await prepareStage(this.network, this.dataset, this.request.recipe, stage, this.anchors);
    if (this.checkpoint?.progress.stage === index)
      await restoreOptimizers(run.mover.optimizers, this.checkpoint.slots);
    return run;
  }

  /** Returns true when the run is to end here: stopped by the user. */
  private async trainStage(run: StageRun, index: number): Promise<boolean> {
    const done = this.progress.stage === index ? this.progress.stageEpochs : 0;
    this.progress = {
      ...this.progress,
      stage: index,
      stageEpochs: done,
      waited: done === 0 ? 0 : this.progress.waited,
      drops: done === 0 ? 0 : this.progress.drops,
    };
    for (let epoch = done; epoch < run.stage.epochs; epoch++) {
      const complete = await this.trainOneEpoch(run, index);
      if (!complete || this.control.stopped) return true;
      const { patience } = this.request.recipe;
      if (patience !== null && this.progress.waited >= patience) break;
      if (epoch + 1 < run.stage.epochs) await this.maybeCheckpoint(run.mover.optimizers);
    }
    // The next stage starts from the best weights so far, not from the last ones.
    if (this.request.recipe.restoreBest && this.best)
      assignValues(this.movingTensors(), this.best, this.runDir);
    this.progress = { ...this.progress, stage: index + 1, stageEpochs: 0, waited: 0 };
    if (index + 1 < this.request.recipe.stages.length) await this.maybeCheckpoint([]);
    return false;
  }

  private async trainOneEpoch(run: StageRun, stage: number): Promise<boolean> {
    const epoch = this.progress.epochs + 1;
    this.reporter.beginEpoch(epoch, run.data.train.length, this.remainingItems(run, stage));
    const started = performance.now();
    const { complete, loss, accuracy } = await trainEpoch(
      { ...run, drops: this.progress.drops },
      epoch,
      this.progress.stageEpochs,
      this.control,
      (step) => this.reporter.step(step),
      () => this.pause(),
    );
    if (!complete) return false;
    const validation =
      run.data.validation.length > 0 ? await measure(run, run.data.validation, this.control) : null;
    const seconds = (performance.now() - started) / 1000;
    this.keepIfBest(epoch, validation?.loss ?? loss);
    const { name, every } = run.stage.schedule;
    if (name === 'plateau' && this.progress.waited > 0 && this.progress.waited % every === 0)
      this.progress.drops++;
    this.progress.epochs = epoch;
    this.progress.stageEpochs++;
    const report: Epoch = {
      epoch,
      stage,
      loss,
      accuracy,
      valLoss: validation?.loss ?? null,
      valAccuracy: validation?.accuracy ?? null,
      learningRate: this.rateAtEnd(run),
      seconds,
    };
    this.reporter.endEpoch(report);
    return true;
  }

  /** The rate of the epoch's last step, after `stageEpochs` was counted up. */
  private rateAtEnd({ stage }: StageRun): number {
    const { stageEpochs, drops } = this.progress;
    return stage.optimizer.learningRate * rateShare(stage.schedule, stageEpochs, stage.epochs, drops);
  }

  /** Training items still to be seen in this stage and the ones after it, for the time left. */
  private remainingItems(run: StageRun, stage: number): number {
    const later = this.request.recipe.stages.slice(stage + 1).reduce((sum, next) => sum + next.epochs, 0);
    return (run.stage.epochs - this.progress.stageEpochs + later) * run.data.train.length;
  }

  private keepIfBest(epoch: number, loss: number): void {
    if (!Number.isFinite(loss)) throw new GraftError('run.diverged', { epoch });
    if (this.progress.best && loss >= this.progress.best.loss) {
      this.progress.waited++;
      return;
    }
    this.progress.best = { epoch, loss };
    this.progress.waited = 0;
    if (this.request.recipe.restoreBest) this.best = valuesOf(this.movingTensors());
  }

  private async pause(): Promise<void> {
    this.reporter.paused();
    await this.control.untilResumed();
    this.reporter.resumed();
  }

  /** No optimizers between two stages: each stage begins with new ones. */
  private async maybeCheckpoint(optimizers: readonly Optimizer[]): Promise<void> {
    const { checkpointInterval = defaultCheckpointInterval } = this.request;
    if (performance.now() - this.lastCheckpoint < checkpointInterval) return;
    const tensors = valuesOf(this.movingTensors(), 'net/');
    this.best?.forEach((value, name) => tensors.set(`best/${name}`, value));
    this.progress.dropouts = networkDropouts(this.network).map((dropout) => dropout.randomState);
    await saveCheckpoint(this.checkpointDir, this.progress, tensors, optimizers);
    this.lastCheckpoint = performance.now();
  }

  /**
   * Stores what changed in each layer. Returns whether any was frozen.
   * @throws GraftError `run.frozen-changed`
   */
  private async prove(before: ReturnType<typeof stateOf>): Promise<boolean> {
    const { blocks } = this.network;
    const proof = proveFreezing(before, networkTensors(this.network), this.trainedLayers(), blocks);
    await saveFreezing(this.runDir, proof);
    const broken = brokenFreezing(proof);
    if (broken.length > 0)
      throw new GraftError('run.frozen-changed', { tensor: broken[0]?.layer ?? '', count: broken.length });
    return proof.layers.some(({ frozen }) => frozen);
  }

  private async save(): Promise<void> {
    this.reporter.phase('save', 0);
    await saveNetwork(this.runDir, this.network);
  }

  private async evaluate(last: StageRun): Promise<TrainResult['predictions']> {
    const validation = this.dataset.positions('validation');
    const test = this.dataset.positions('test');
    this.reporter.phase('evaluate', validation.length + test.length);
    const predict = async (positions: Int32Array): Promise<StoredPredictions | null> => {
      if (positions.length === 0) return null;
      const ids = Array.from(positions, (position) => this.dataset.items[position]?.id ?? -1);
      return {
        ids,
        probabilities: await predictRows(last, positions, this.control),
        failed: this.dataset.failed,
      };
    };
    return { validation: await predict(validation), test: await predict(test) };
  }
}

/** The carried-over kernels as they are now, by the name of their variable. */
function startingValues(network: Network): ReadonlyMap<string, TfTensor> {
  const carried = networkTensors(network).filter(({ name }) => name.startsWith('body/'));
  return new Map(
    carried.map(({ variable }) => {
      const value = variable.read();
      return [(value as Variable).name, tensor(value.dataSync().slice(), value.shape)];
    }),
  );
}
