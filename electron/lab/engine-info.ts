import type { EngineInfo } from '../../shared/contract/index.ts';
import type { Engine, EngineResult } from '../engine/protocol.ts';
import type { EventBus } from './event-bus.ts';

type Facts = EngineResult<'info'>;

/**
 * Watches an engine: asks it what it is each time it is ready, and tells the windows of every change.
 * Returns a function that gives what is known now, without waiting for a busy engine.
 */
export function watchEngine(engine: Engine, events: EventBus): () => EngineInfo {
  let facts: Facts = { backend: '', label: '', threads: 0, reasons: [], memory: 0, pid: 0 };
  const info = (): EngineInfo => ({
    ...facts,
    state: engine.state,
    pid: engine.pid ?? 0,
    restarts: engine.restarts,
  });
  const ask = async () => {
    try {
      facts = await engine.request('info', {}).result;
      events.emit('engine.changed', info());
    } catch {
      // It died before it answered: its next state says so.
    }
  };
  engine.onState((state) => {
    events.emit('engine.changed', info());
    if (state === 'ready') void ask();
  });
  if (engine.state === 'ready') void ask();
  return info;
}
