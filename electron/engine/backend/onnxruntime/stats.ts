/** What the engine did since the last reset, for the bench and for people who wonder where time goes. */
export interface EngineStats {
  /** Milliseconds recording kernels into the graph. */
  recordMs: number;
  /** Milliseconds pruning the graph and writing its key. */
  keyMs: number;
  /** Milliseconds compiling graphs not seen before. */
  compileMs: number;
  /** Milliseconds running compiled graphs. */
  runMs: number;
  /** Milliseconds handing results to JavaScript, including the other four where a read caused them. */
  readMs: number;
  compiles: number;
  cacheHits: number;
  /** Kernels the CPU backend computed because they have no lowering, by name. */
  fallbacks: Record<string, number>;
}

const fresh = (): EngineStats => ({
  recordMs: 0,
  keyMs: 0,
  compileMs: 0,
  runMs: 0,
  readMs: 0,
  compiles: 0,
  cacheHits: 0,
  fallbacks: {},
});

export const stats = fresh();

export function engineStats(): EngineStats {
  return { ...stats, fallbacks: { ...stats.fallbacks } };
}

export function resetStats(): void {
  Object.assign(stats, fresh());
}

/** Adds the milliseconds `work` takes to one of the times. */
export function timed<T>(time: 'recordMs' | 'keyMs' | 'compileMs' | 'runMs' | 'readMs', work: () => T): T {
  const start = performance.now();
  try {
    return work();
  } finally {
    stats[time] += performance.now() - start;
  }
}
