import { forecast } from '../../../electron/engine/handlers/forecast.ts';
import { dealItems } from '../../../electron/engine/data/deal-splits.ts';
import { GraftError } from '../../../shared/errors.ts';
import { createCall } from '../../../electron/engine/handlers/context.ts';
import { statisticsHandlers } from '../../../electron/engine/handlers/statistics.ts';
import { engineMethods } from '../../../electron/engine/protocol.ts';
import type {
  ControlAction,
  Engine,
  EngineMethod,
  EngineParams,
  EngineProgress,
  EngineResult,
} from '../../../electron/engine/protocol.ts';

interface Call<M extends EngineMethod> {
  params: EngineParams<M>;
  progress(progress: EngineProgress<M>): void;
  resolve(result: EngineResult<M>): void;
  reject(error: GraftError): void;
  /** What the lab asked of this call so far. */
  controls: ControlAction[];
}

/**
 * An engine in memory that computes nothing but statistics: the test answers its requests. It stands beside the real
 * process (tests/integration) for what only timing can bring about: a death in mid-epoch, a pause.
 */
export class MemoryEngine implements Engine {
  state: Engine['state'] = 'starting';
  restarts = 0;
  pid = 1;
  /** Statistics answered so far. */
  worked = 0;
  readonly #calls: { method: EngineMethod; call: Call<EngineMethod> }[] = [];
  readonly #expected: { method: EngineMethod; arrived(call: Call<EngineMethod>): void }[] = [];

  /** The oldest request of this method that was not taken yet; waits for one. */
  next<M extends EngineMethod>(method: M): Promise<Call<M>> {
    const index = this.#calls.findIndex((entry) => entry.method === method);
    if (index >= 0) return Promise.resolve(this.#calls.splice(index, 1)[0]!.call as unknown as Call<M>);
    return new Promise((resolve) =>
      this.#expected.push({ method, arrived: (call) => resolve(call as unknown as Call<M>) }),
    );
  }

  request<M extends EngineMethod>(
    method: M,
    params: EngineParams<M>,
    onProgress?: (progress: EngineProgress<M>) => void,
  ) {
    if (method in statisticsHandlers) {
      this.worked++;
      return { result: worked(method, params), control: () => undefined };
    }
    const controls: ControlAction[] = [];
    if (method === 'forecast') {
      const told = Promise.resolve(forecast(params as EngineParams<'forecast'>));
      return { result: told as never, control: () => undefined };
    }
    if (method === 'dealSplits') return { result: this.#deal(params) as never, control: () => undefined };
    const { promise, resolve, reject } = Promise.withResolvers<EngineResult<M>>();
    const call: Call<M> = {
      params,
      controls,
      resolve,
      reject,
      progress: (progress) => onProgress?.(progress),
    };
    const index = this.#expected.findIndex((entry) => entry.method === method);
    if (index >= 0) this.#expected.splice(index, 1)[0]!.arrived(call as unknown as Call<EngineMethod>);
    else this.#calls.push({ method, call: call as unknown as Call<EngineMethod> });
    const control = (action: ControlAction) => {
      controls.push(action);
      if (action === 'cancel') reject(new GraftError('cancelled'));
    };
    return { result: promise, control };
  }

  /** Arithmetic on what it was given: the real function answers at once. */
  async #deal(params: unknown): Promise<EngineResult<'dealSplits'>> {
    return dealItems(params as EngineParams<'dealSplits'>);
  }

  onState(): () => void {
    return () => undefined;
  }

  async restart(): Promise<void> {
    this.restarts++;
  }

  async close(): Promise<void> {
    this.state = 'failed';
  }
}

/** Statistics are pure functions: no test would answer them otherwise than they do. */
async function worked<M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<EngineResult<M>> {
  const call = createCall<EngineMethod>(() => undefined);
  const handler = statisticsHandlers[method as keyof typeof statisticsHandlers] as (
    params: unknown,
    call: unknown,
  ) => Promise<EngineResult<M>>;
  return handler(engineMethods[method].params.parse(params), call);
}
