import type { EngineInfo } from '../../shared/contract/index.ts';
import type { Engine, EngineResult } from '../engine/protocol.ts';
import type { EventBus } from './event-bus.ts';

type Facts = EngineResult<'info'>;

export interface WatchedEngine {
  /** What is known now, without waiting for a busy engine. */
  info(): EngineInfo;
  /** The engine said something new of itself. */
  heard(facts: Facts): void;
}

/** Watches an engine: asks it what it is each time it is ready, and tells the windows of every change. */
export function watchEngine(engine: Engine, events: EventBus): WatchedEngine {
  let facts: Facts = { backend: '', device: '', label: '', threads: 0, memory: 0, pid: 0 };
  const info = (): EngineInfo => ({
    ...facts,
    state: engine.state,
    pid: engine.pid ?? 0,
    restarts: engine.restarts,
  });
  const heard = (news: Facts) => {
    facts = news;
    events.emit('engine.changed', info());
  };
  const ask = async () => {
    try {
      heard(await engine.request('info', {}).result);
    } catch {
      // It died before it answered: its next state says so.
    }
  };
  engine.onState((state) => {
    events.emit('engine.changed', info());
    if (state === 'ready') void ask();
  });
  if (engine.state === 'ready') void ask();
  return { info, heard };
}
