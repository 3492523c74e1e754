import { z } from 'zod';
import { errorSentences } from '../../shared/error-sentences.ts';
import { GraftError, type ErrorCode } from '../../shared/errors.ts';
import { forkEngine, type EngineProcess, type StartEngineProcess } from './child-process.ts';
import type { EngineWork } from './environment.ts';
import { engineMethods } from './protocol.ts';
import type {
  Engine,
  EngineMethod,
  EngineParams,
  EngineProgress,
  EngineResult,
  ToEngine,
} from './protocol.ts';

export interface EngineClientOptions {
  /** The file the engine process runs. */
  entry: string;
  args?: readonly string[];
  /** `compute` by default. */
  work?: EngineWork;
  /** How a process is started; a fork by default. */
  start?: StartEngineProcess;
  /** Deaths in a row, each before `stableAfter` ms of life, after which it is not started again. */
  mostDeaths?: number;
  stableAfter?: number;
  /** Wait before the first restart in ms; doubles with every further quick death. */
  firstWait?: number;
  /** How long a process may take to say that it is ready, in ms. */
  startTimeout?: number;
}

type State = Engine['state'];

interface Pending {
  request: ToEngine;
  sent: boolean;
  method: EngineMethod;
  resolve(result: unknown): void;
  reject(error: GraftError): void;
  onProgress?: (progress: unknown) => void;
}

const fromEngine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('progress'), id: z.number(), progress: z.unknown() }),
  z.object({ type: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({
    type: z.literal('error'),
    id: z.number(),
    error: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
  }),
]);

/** How long a process that was asked to leave may take, in ms. */
const LEAVE_TIMEOUT = 2000;
/** The longest wait before a restart, in ms. */
const LONGEST_WAIT = 10_000;

/**
 * Starts the engine process and speaks to it. A process that dies is reported, its requests reject with
 * `engine.lost`, and it is started again after a short wait; after `mostDeaths` quick deaths in a row it is
 * given up (`engine.failed`) until `restart()`.
 */
export function createEngineClient(options: EngineClientOptions): Engine {
  return new EngineClient(options);
}

class EngineClient implements Engine {
  state: State = 'starting';
  restarts = 0;
  readonly #options: Required<EngineClientOptions>;
  readonly #listeners = new Set<(state: State) => void>();
  readonly #pending = new Map<number, Pending>();
  #process: EngineProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #quickDeaths = 0;
  #startedAt = 0;
  #closed = false;
  readonly #killWithParent = () => this.#process?.kill();

  constructor(options: EngineClientOptions) {
    this.#options = {
      args: [],
      work: 'compute',
      start: forkEngine,
      mostDeaths: 5,
      stableAfter: 10_000,
      firstWait: 100,
      startTimeout: 60_000,
      ...options,
    };
    process.once('exit', this.#killWithParent);
    this.#start();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  request<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    onProgress?: (progress: EngineProgress<M>) => void,
  ) {
    const id = this.#nextId++;
    const result = new Promise<EngineResult<M>>((resolve, reject) => {
      this.#refuseWhenGone();
      const parsed = engineMethods[method].params.parse(params);
      this.#pending.set(id, {
        request: { type: 'request', id, method, params: parsed },
        sent: false,
        method,
        resolve: resolve as (result: unknown) => void,
        reject,
        onProgress: onProgress as ((progress: unknown) => void) | undefined,
      });
      this.#sendWaiting();
    });
    return {
      result,
      control: (action: 'pause' | 'resume' | 'stop' | 'cancel') => this.#control(id, action),
    };
  }

  onState(listener: (state: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async restart(): Promise<void> {
    this.#quickDeaths = 0;
    await this.#end();
    this.restarts++;
    const ready = new Promise<void>((resolve, reject) => {
      const stop = this.onState((state) => {
        if (state === 'ready') resolve();
        if (state === 'failed') reject(this.#failure());
        if (state === 'ready' || state === 'failed') stop();
      });
    });
    this.#start();
    await ready;
  }

  async close(): Promise<void> {
    this.#closed = true;
    process.removeListener('exit', this.#killWithParent);
    await this.#end();
    this.#rejectPending(new GraftError('cancelled'), () => true);
  }

  #start(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#setState('starting');
    this.#startedAt = Date.now();
    const { entry, args, work, start } = this.#options;
    const engine = start(entry, args, work);
    this.#process = engine;
    this.#timer = setTimeout(() => engine.kill(), this.#options.startTimeout);
    engine.onMessage((message) => {
      if (engine === this.#process) this.#receive(message);
    });
    engine.onExit(() => {
      if (engine === this.#process) this.#lost();
    });
  }

  #lost(): void {
    const lived = Date.now() - this.#startedAt;
    this.#quickDeaths = lived < this.#options.stableAfter ? this.#quickDeaths + 1 : 1;
    this.#process = undefined;
    clearTimeout(this.#timer);
    this.#rejectPending(new GraftError('engine.lost'), ({ sent }) => sent);
    this.#setState('lost');
    if (this.#quickDeaths >= this.#options.mostDeaths) this.#giveUp();
    else this.#startLater();
  }

  #startLater(): void {
    const wait = Math.min(LONGEST_WAIT, this.#options.firstWait * 2 ** (this.#quickDeaths - 1));
    this.#timer = setTimeout(() => {
      this.restarts++;
      this.#start();
    }, wait);
  }

  #giveUp(): void {
    this.#setState('failed');
    this.#rejectPending(this.#failure(), () => true);
  }

  #failure(): GraftError {
    return new GraftError('engine.failed', { deaths: this.#quickDeaths });
  }

  /** Asks the process to leave, ends it if it does not, and forgets it without reporting a loss. */
  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const engine = this.#process;
    this.#process = undefined;
    if (!engine) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => engine.kill(), LEAVE_TIMEOUT);
      engine.onExit(() => {
        clearTimeout(timer);
        resolve();
      });
      engine.send({ type: 'shutdown' });
    });
    this.#rejectPending(new GraftError('engine.lost'), ({ sent }) => sent);
  }

  #receive(raw: unknown): void {
    const message = fromEngine.safeParse(raw);
    if (!message.success) return;
    if (message.data.type === 'ready') return this.#ready();
    const pending = this.#pending.get(message.data.id);
    if (!pending) return;
    if (message.data.type === 'progress') return this.#progress(pending, message.data.progress);
    this.#pending.delete(message.data.id);
    if (message.data.type === 'error') pending.reject(receivedError(message.data.error));
    else this.#resolve(pending, message.data.result);
  }

  #ready(): void {
    clearTimeout(this.#timer);
    this.#setState('ready');
    this.#sendWaiting();
  }

  #progress({ method, onProgress }: Pending, raw: unknown): void {
    const progress = engineMethods[method].progress.safeParse(raw);
    if (progress.success) onProgress?.(progress.data);
  }

  #resolve({ method, resolve, reject }: Pending, raw: unknown): void {
    const result = engineMethods[method].result.safeParse(raw);
    if (result.success) resolve(result.data);
    else reject(new GraftError('engine.answer', { method, detail: z.prettifyError(result.error) }));
  }

  #control(id: number, action: 'pause' | 'resume' | 'stop' | 'cancel'): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (pending.sent) this.#process?.send({ type: 'control', id, action });
    else if (action === 'cancel' || action === 'stop') {
      this.#pending.delete(id);
      pending.reject(new GraftError('cancelled'));
    }
  }

  #sendWaiting(): void {
    if (this.state !== 'ready') return;
    for (const pending of this.#pending.values()) {
      if (pending.sent) continue;
      pending.sent = true;
      this.#process?.send(pending.request);
    }
  }

  #refuseWhenGone(): void {
    if (this.#closed) throw new GraftError('cancelled');
    if (this.state === 'failed') throw this.#failure();
  }

  #rejectPending(error: GraftError, which: (pending: Pending) => boolean): void {
    for (const [id, pending] of this.#pending) {
      if (!which(pending)) continue;
      this.#pending.delete(id);
      pending.reject(error);
    }
  }

  #setState(state: State): void {
    this.state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

function receivedError({
  code,
  params,
}: {
  code: string;
  params: Record<string, string | number>;
}): GraftError {
  if (code in errorSentences) return new GraftError(code as ErrorCode, params);
  return new GraftError('internal', { detail: `${code} ${JSON.stringify(params)}` });
}
