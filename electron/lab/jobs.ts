import type { Job } from '../../shared/contract/index.ts';
import { GraftError, toGraftError } from '../../shared/errors.ts';
import type { HandlersOf } from './context.ts';
import type { EventBus } from './event-bus.ts';

/** Why a job is to end early: a person cancelled it, or its project is being closed. */
export type CancelReason = 'cancelled' | 'closing';

export interface JobProgress {
  phase: string;
  done: number;
  /** 0 while unknown. */
  total: number;
  /** Seconds left, where the work knows better than its pace tells. */
  eta?: number | null;
}

/** What the work of a job sees of it. */
export interface JobControls {
  readonly id: string;
  /** Aborted with a CancelReason. */
  readonly signal: AbortSignal;
  progress(progress: JobProgress): void;
}

interface Entry {
  job: Job;
  cancel: AbortController;
  settled: Promise<void>;
}

/** Shortest time between two events of a job in the same phase, in ms. */
const EVENT_INTERVAL = 100;
/** Work of a phase must have gone on this long, in ms, before its pace says anything. */
const PACE_AFTER = 1000;

/** Work that goes on while a person looks elsewhere: its progress, its end, and how to cancel it. */
export class Jobs {
  readonly #events: EventBus;
  readonly #entries = new Map<string, Entry>();
  #count = 0;

  constructor(events: EventBus) {
    this.#events = events;
  }

  /** Starts work as a job. `result` settles with the work; nobody needs to wait for it. */
  start<T>(
    about: Pick<Job, 'kind' | 'subject' | 'run'>,
    work: (controls: JobControls) => Promise<T>,
  ): { job: Job; result: Promise<T> } {
    const id = `job-${++this.#count}`;
    const startedAt = new Date().toISOString();
    const job: Job = { ...about, id, status: 'running', phase: '', done: 0, total: 0, eta: null, startedAt };
    const cancel = new AbortController();
    const controls = { id, signal: cancel.signal, progress: this.#progressOf(job) };
    const result = Promise.resolve().then(() => work(controls));
    const settled = result.then(
      (value) => this.#end(job, { status: 'done', result: value }),
      (error: unknown) => this.#end(job, endOfFailed(error, cancel.signal)),
    );
    this.#entries.set(id, { job, cancel, settled });
    this.#events.emit('job.changed', { ...job });
    return { job: { ...job }, result };
  }

  list(): Job[] {
    return [...this.#entries.values()].map(({ job }) => ({ ...job }));
  }

  cancel(id: string, reason: CancelReason = 'cancelled'): void {
    this.#entry(id).cancel.abort(reason);
  }

  dismiss(id: string): void {
    const { job } = this.#entry(id);
    if (job.status === 'running') throw new GraftError('job.running', { subject: job.subject });
    this.#entries.delete(id);
  }

  /** Cancels what belongs to the project, waits until it has ended, and forgets it: the project is being closed. */
  async clear(): Promise<void> {
    await this.#endAll(({ job }) => !outlivesProject(job));
  }

  /** Cancels everything and waits until it has ended: Graft is being closed. */
  async close(): Promise<void> {
    await this.#endAll(() => true);
  }

  async #endAll(wanted: (entry: Entry) => boolean): Promise<void> {
    const entries = [...this.#entries.values()].filter(wanted);
    for (const { cancel } of entries) cancel.abort('closing' satisfies CancelReason);
    await Promise.all(entries.map(({ settled }) => settled));
    for (const { job } of entries) this.#entries.delete(job.id);
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new GraftError('job.unknown', { id });
    return entry;
  }

  #progressOf(job: Job): (progress: JobProgress) => void {
    let phaseStart = { at: 0, done: 0 };
    let toldAt = 0;
    return ({ phase, done, total, eta }) => {
      const now = performance.now();
      const newPhase = phase !== job.phase;
      if (newPhase) phaseStart = { at: now, done };
      const pace = secondsLeft(now - phaseStart.at, done - phaseStart.done, total - done);
      Object.assign(job, { phase, done, total, eta: eta === undefined ? pace : eta });
      if (!newPhase && now - toldAt < EVENT_INTERVAL) return;
      toldAt = now;
      this.#events.emit('job.changed', { ...job });
    };
  }

  #end(job: Job, end: Partial<Job>): void {
    Object.assign(job, { ...end, eta: null });
    this.#events.emit('job.changed', { ...job });
  }
}

/** The library of weights serves every project: what is fetched for it goes on when one is closed. */
const outlivesProject = ({ kind }: Job): boolean => kind === 'weights';

/** Seconds left at the pace of `elapsed` ms for `done` parts; null while the pace is not known. */
function secondsLeft(elapsed: number, done: number, left: number): number | null {
  if (elapsed < PACE_AFTER || done <= 0 || left < 0) return null;
  return (elapsed / done / 1000) * left;
}

function endOfFailed(error: unknown, signal: AbortSignal): Partial<Job> {
  const { code, params } = toGraftError(error);
  if (signal.aborted) return { status: 'cancelled' };
  if (code === 'internal') console.error(error);
  return { status: 'failed', error: { code, params } };
}

export function jobHandlers(jobs: Jobs): HandlersOf<'jobs'> {
  return {
    'jobs.list': () => jobs.list(),
    'jobs.cancel'({ id }) {
      jobs.cancel(id);
      return null;
    },
    'jobs.dismiss'({ id }) {
      jobs.dismiss(id);
      return null;
    },
  };
}
