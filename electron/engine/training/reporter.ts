import type { Epoch, RunProgress } from '../../../shared/contract/runs/runs.ts';
import type { EngineProgress, TrainResult } from '../protocol.ts';
import type { StepReport } from './stage.ts';

export type ReportSink = (progress: EngineProgress<'train'>) => void;

type Phase = RunProgress['phase'];
type Timed = keyof TrainResult['seconds'];

const timedAs: Partial<Record<Phase, Timed>> = {
  decode: 'decode',
  features: 'features',
  train: 'train',
  evaluate: 'evaluate',
};

/** A person reads no faster than this, ms. */
const quietInterval = 150;

/** Turns what a run does into progress messages, and keeps the time of each phase. */
export class Reporter {
  private readonly seconds: TrainResult['seconds'] = { decode: 0, features: 0, train: 0, evaluate: 0 };
  stage = 0;
  private readonly sink: ReportSink;
  private readonly epochs: number;
  private current: Phase = 'prepare';
  private since = performance.now();
  private phaseStarted = performance.now();
  private lastSent = 0;
  private epoch = 0;
  private total = 0;
  private remaining = 0;
  /** Items and ms of training so far, for throughput. */
  private trained = { items: 0, ms: 0 };
  private epochStarted = 0;

  constructor(sink: ReportSink, epochs: number) {
    this.sink = sink;
    this.epochs = epochs;
  }

  /** Begins a phase; the time since the last one is booked there. */
  phase(phase: Phase, total: number): void {
    this.book();
    this.current = phase;
    this.total = total;
    this.phaseStarted = performance.now();
    this.send({ done: 0 }, true);
  }

  /** Books what is still running, at the end of a run. */
  finish(): TrainResult['seconds'] {
    this.book();
    return this.seconds;
  }

  private book(): void {
    const now = performance.now();
    const timed = timedAs[this.current];
    if (timed) this.seconds[timed] += (now - this.since) / 1000;
    this.since = now;
  }

  /** Books seconds of the current phase under another one: work of two kinds goes on at once. */
  moveTo(phase: Timed, seconds: number): void {
    const timed = timedAs[this.current];
    if (timed) this.seconds[timed] -= seconds;
    this.seconds[phase] += seconds;
  }

  /** How far the current phase (other than training) is. */
  advance(done: number): void {
    const seconds = (performance.now() - this.phaseStarted) / 1000;
    const rate = done / Math.max(seconds, 1e-3);
    this.send({ done, imagesPerSecond: rate, eta: done > 0 ? (this.total - done) / rate : null });
  }

  beginEpoch(epoch: number, total: number, remaining: number): void {
    if (this.current !== 'train') this.phase('train', total);
    this.epoch = epoch;
    this.total = total;
    this.remaining = remaining;
    this.epochStarted = performance.now();
  }

  step({ loss, accuracy, done }: StepReport): void {
    const ms = performance.now() - this.epochStarted;
    const rate = ((this.trained.items + done) / Math.max(this.trained.ms + ms, 1)) * 1000;
    this.send({ done, loss, accuracy, imagesPerSecond: rate, eta: (this.remaining - done) / rate });
  }

  endEpoch(epoch: Epoch): void {
    this.trained = { items: this.trained.items + this.total, ms: this.trained.ms + epoch.seconds * 1000 };
    this.book();
    this.sink({ kind: 'epoch', epoch });
  }

  paused(): void {
    this.book();
    this.sink({ kind: 'paused' });
  }

  resumed(): void {
    this.since = performance.now();
    this.sink({ kind: 'resumed' });
  }

  private send(values: Partial<RunProgress>, always = false): void {
    const now = performance.now();
    if (!always && now - this.lastSent < quietInterval) return;
    this.lastSent = now;
    const { current: phase, stage, epoch, epochs, total } = this;
    const empty = { done: 0, loss: null, accuracy: null, imagesPerSecond: null, eta: null };
    this.sink({ kind: 'progress', progress: { phase, stage, epoch, epochs, total, ...empty, ...values } });
  }
}
