import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly threads: number;
  /** What ours computed on. */
  readonly device: string;
  /** What else the machine was doing over the last minute. */
  readonly loadAverage: number;
  readonly node: string;
  readonly date: string;
}

export function describeMachine(threads: number, device: string): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    threads,
    device,
    loadAverage: loadavg()[0] ?? NaN,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}
