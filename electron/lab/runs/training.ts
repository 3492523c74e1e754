import type { Run, RunProgress } from '../../../shared/contract/index.ts';
import { toGraftError, type GraftError } from '../../../shared/errors.ts';
import type { EngineCall, EngineProgress, TrainResult } from '../../engine/protocol.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { LabContext } from '../context.ts';
import type { CancelReason, JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import type { Dataset } from './dataset.ts';
import { rememberRun } from '../speeds.ts';
import { evaluationRequest, storeScores, withLabels } from '../evaluations/scores.ts';
import { weightsBytes } from './run-files.ts';
import { shownRun } from './shown-run.ts';

/** Shortest time between two `run.progress` events of one phase, in ms. */
const PROGRESS_INTERVAL = 100;
/** Codes of an end that is nobody's mistake: the run can go on from its checkpoint. */
const INTERRUPTIONS = new Set(['engine.lost', 'engine.failed', 'cancelled']);

/** One run under way: drives the engine, stores every epoch, and settles how the run ended. */
export class Training {
  readonly run: string;
  /** False once the run has ended, before anybody is told so. */
  active = true;
  readonly #lab: LabContext;
  readonly #project: OpenProject;
  readonly #job: JobControls;
  readonly #call: EngineCall<'train'>;
  readonly #leaveDevice: () => void;
  #storeError: unknown;
  #toldAt = 0;
  #toldPhase = '';

  constructor(
    lab: LabContext,
    project: OpenProject,
    run: RunRow,
    dataset: Dataset,
    resume: boolean,
    job: JobControls,
  ) {
    this.run = run.id;
    this.#lab = lab;
    this.#project = project;
    this.#job = job;
    this.#leaveDevice = lab.devices.asked(run.recipe.backend);
    this.#call = lab.engines.compute.request(
      'train',
      {
        run: run.id,
        recipe: run.recipe,
        classes: dataset.classes,
        items: dataset.items,
        places: project.places,
        resume,
      },
      (progress) => this.#hear(progress),
    );
  }

  control(action: 'pause' | 'resume' | 'stop'): void {
    this.#call.control(action);
  }

  /** Settles with the run once it has ended, however it ended; rejects after storing why it failed. */
  async finish(dataset: Dataset): Promise<Run> {
    const { signal } = this.#job;
    // Cancelling the job keeps what was learned; closing the project leaves the checkpoint to go on from.
    const end = () => this.#call.control((signal.reason as CancelReason) === 'closing' ? 'cancel' : 'stop');
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    try {
      const result = await this.#call.result;
      if (this.#storeError) throw this.#storeError;
      return await this.#succeeded(result, dataset);
    } catch (error) {
      throw this.#failed(toGraftError(this.#storeError ?? error));
    } finally {
      signal.removeEventListener('abort', end);
      this.#leaveDevice();
    }
  }

  #hear(message: EngineProgress<'train'>): void {
    try {
      if (message.kind === 'progress') this.#tell({ ...message.progress, run: this.run });
      else if (message.kind === 'epoch') this.#keepEpoch(message.epoch);
      else this.#change({ status: message.kind === 'paused' ? 'paused' : 'running' });
    } catch (error) {
      // What cannot be stored (a full disk) must not be trained on unseen.
      this.#storeError ??= error;
      this.#call.control('cancel');
    }
  }

  #tell(progress: RunProgress): void {
    const { phase, done, total, eta } = progress;
    this.#job.progress({ phase, done, total, eta });
    const now = performance.now();
    if (phase === this.#toldPhase && now - this.#toldAt < PROGRESS_INTERVAL) return;
    this.#toldAt = now;
    this.#toldPhase = phase;
    this.#lab.events.emit('run.progress', progress);
  }

  #keepEpoch(epoch: Extract<EngineProgress<'train'>, { kind: 'epoch' }>['epoch']): void {
    this.#project.store.transaction(() => this.#project.store.epochs.put(this.run, epoch));
    this.#lab.events.emit('run.epoch', { run: this.run, epoch });
  }

  async #succeeded(result: TrainResult, dataset: Dataset): Promise<Run> {
    const { stopped, predictions, pass: _pass, ...facts } = result;
    const end = { ...facts, status: stopped ? ('stopped' as const) : ('done' as const) };
    const evaluated = performance.now();
    this.#keep(predictions, dataset, end);
    await this.#score();
    rememberRun(this.#lab, this.#row.recipe, result);
    const evaluate = facts.seconds.evaluate + (performance.now() - evaluated) / 1000;
    return this.#end({ ...end, seconds: { ...facts.seconds, evaluate } });
  }

  /** Everything the engine gave, in one step: from here on the run has ended, whatever happens to its scores. */
  #keep(predictions: TrainResult['predictions'], { items }: Dataset, end: Partial<RunRow>): void {
    const { store } = this.#project;
    store.transaction(() => {
      for (const split of ['validation', 'test'] as const) {
        const predicted = predictions[split];
        if (!predicted || predicted.ids.length === 0) continue;
        store.predictions.put(this.run, null, split, withLabels(predicted, items));
      }
      const bytes = weightsBytes(this.#project, this.run);
      if (bytes !== undefined) {
        store.artifacts.put(this.run, {
          kind: 'weights',
          path: `runs/${this.run}/weights.safetensors`,
          bytes,
        });
      }
      store.runs.update({ ...this.#row, ...end, finishedAt: new Date().toISOString() });
    });
  }

  /** Scores of both splits, so that they are there when somebody looks. @throws GraftError evaluation.diverged */
  async #score(): Promise<void> {
    const { store } = this.#project;
    const stored = (split: 'validation' | 'test') => store.predictions.get(this.run, null, split) ?? null;
    for (const split of ['validation', 'test'] as const) {
      const predictions = stored(split);
      if (!predictions) continue;
      const validation = split === 'test' ? stored('validation') : null;
      const request = evaluationRequest(this.#row, predictions, validation);
      const { result } = this.#lab.engines.media.request('evaluatePredictions', request);
      // A process that died meanwhile costs nothing: whoever looks at the run has its scores worked out then.
      const statistics = await result.catch(() => null);
      if (!statistics) continue;
      store.transaction(() => storeScores(store, this.run, { collection: null, split }, statistics));
    }
  }

  get #row(): RunRow {
    return this.#project.store.runs.byId(this.run)!;
  }

  #failed(error: GraftError): GraftError {
    const { code, params } = error;
    const closing = (this.#job.signal.reason as CancelReason | undefined) === 'closing';
    const interrupted = INTERRUPTIONS.has(code);
    this.#end({
      status: interrupted ? 'interrupted' : 'failed',
      error: closing || code === 'cancelled' ? null : { code, params },
    });
    return error;
  }

  #end(changes: Partial<RunRow>): Run {
    this.active = false;
    return this.#change({ ...changes, finishedAt: new Date().toISOString() });
  }

  #change(changes: Partial<RunRow>): Run {
    const { store } = this.#project;
    const run = { ...this.#row, ...changes };
    store.runs.update(run);
    const shown = shownRun(this.#project, run);
    this.#lab.events.emit('run.changed', shown);
    return shown;
  }
}
