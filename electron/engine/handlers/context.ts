import type { EngineMethod, EngineMethods, EngineProgress, EngineResult } from '../protocol.ts';
import type { z } from 'zod';
import { RunControl } from '../training/control.ts';

/** What a handler has besides its parameters. */
export interface CallContext<M extends EngineMethod> {
  progress(progress: EngineProgress<M>): void;
  control: RunControl;
  /** Aborted when the call is cancelled. */
  signal: AbortSignal;
}

export type EngineHandlers = {
  [M in EngineMethod]: (
    params: z.output<EngineMethods[M]['params']>,
    call: CallContext<M>,
  ) => Promise<EngineResult<M>> | EngineResult<M>;
};

export function createCall<M extends EngineMethod>(send: (progress: unknown) => void): CallContext<M> {
  const control = new RunControl();
  return { progress: send, control, signal: control.signal };
}
