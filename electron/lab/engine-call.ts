import { GraftError } from '../../shared/errors.ts';
import type { Engine, EngineMethod, EngineParams, EngineProgress, EngineResult } from '../engine/protocol.ts';

/** A request to an engine that is cancelled there when `signal` is aborted. */
export async function requestUntil<M extends EngineMethod>(
  signal: AbortSignal,
  engine: Engine,
  method: M,
  params: EngineParams<M>,
  onProgress?: (progress: EngineProgress<M>) => void,
): Promise<EngineResult<M>> {
  throwIfCancelled(signal);
  const { result, control } = engine.request(method, params, onProgress);
  const cancel = () => control('cancel');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await result;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** @throws GraftError cancelled */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new GraftError('cancelled');
}
