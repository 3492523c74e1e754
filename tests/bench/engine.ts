/**
 * Measures the engine: `node tests/bench/engine.ts [--reference] [--json] [--only <workload>]... [--rounds <n>]
 * [--threads <n>] [--device cpu|webgpu|dml|coreml|cuda]`. With `--reference` the same work is done in PyTorch, both memory layouts, in turns with
 * ours, so that what else the machine does falls on all alike; ratios are of medians.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { engineEnvironment } from '../../electron/engine/environment.ts';
import { describeMachine } from './engine/machine.ts';
import { Contestant } from './engine/contestant.ts';
import { workloads } from './engine/workloads.ts';

const { values: options } = parseArgs({
  options: {
    reference: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: String(cpus().length) },
    device: { type: 'string', default: 'cpu' },
  },
});

/** Debian's own, which has Debian's torch, where another python3 comes first on the PATH. */
const PYTHON = process.env['GRAFT_BENCH_PYTHON'] ?? '/usr/bin/python3';

interface Measurement {
  readonly name: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
  readonly medianCpuMs: number;
  readonly examplesPerSecond: number;
  readonly peakMiB: number;
  readonly firstRunMs: number | null;
  readonly stats: unknown;
}

interface Result {
  readonly workload: string;
  readonly title: string;
  readonly measurements: readonly Measurement[];
  /** Median of the faster reference by ours: above one, we are faster. */
  readonly ratio: number | null;
  /** The same of processor time, which other work on the machine disturbs less. */
  readonly cpuRatio: number | null;
}

const MEBIBYTE = 2 ** 20;

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function measure(contestant: Contestant, examples: number): Measurement {
  const medianMs = median(contestant.runsMs);
  return {
    name: contestant.name,
    medianMs,
    fastestMs: Math.min(...contestant.runsMs),
    slowestMs: Math.max(...contestant.runsMs),
    medianCpuMs: median(contestant.runsCpuMs),
    examplesPerSecond: (examples * 1000) / medianMs,
    peakMiB: contestant.peakBytes / MEBIBYTE,
    firstRunMs: Number.isNaN(contestant.firstRunMs) ? null : contestant.firstRunMs,
    stats: contestant.stats,
  };
}

function contestants(id: string): Contestant[] {
  const script = (name: string): string => join(import.meta.dirname, 'engine', name);
  const { threads, device } = options;
  const args = [script('worker.ts'), id, threads, device];
  const ours = new Contestant('graft', process.execPath, args, engineEnvironment('compute'));
  if (!options.reference) return [ours];
  const torch = (layout: string): Contestant =>
    new Contestant(`torch ${layout}`, PYTHON, [script('reference.py'), id, layout, threads]);
  return [ours, torch('default'), torch('channels_last')];
}

async function bench(id: string): Promise<Result> {
  const workload = workloads[id];
  if (!workload) throw new Error(`Unknown workload ${id}; there are ${Object.keys(workloads).join(', ')}.`);
  const field = contestants(id);
  for (const contestant of field) await contestant.ready();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const contestant of field) await contestant.run();
  }
  for (const contestant of field) await contestant.finish();
  const measurements = field.map((contestant) => measure(contestant, workload.examples));
  const [ours, ...references] = measurements;
  const ratioOf = (time: 'medianMs' | 'medianCpuMs'): number | null =>
    ours && references.length > 0 ? Math.min(...references.map((row) => row[time])) / ours[time] : null;
  return {
    workload: id,
    title: workload.title,
    measurements,
    ratio: ratioOf('medianMs'),
    cpuRatio: ratioOf('medianCpuMs'),
  };
}

function print({ title, measurements, ratio, cpuRatio }: Result): void {
  console.log(`\n${title}`);
  if (ratio !== null && cpuRatio !== null) {
    console.log(`${ratio.toFixed(2)}x the faster reference, ${cpuRatio.toFixed(2)}x in processor time`);
  }
  console.table(
    measurements.map((row) => ({
      who: row.name,
      'median ms': row.medianMs.toFixed(1),
      fastest: row.fastestMs.toFixed(1),
      slowest: row.slowestMs.toFixed(1),
      'median CPU ms': row.medianCpuMs.toFixed(1),
      'per second': row.examplesPerSecond.toFixed(1),
      'peak MiB': row.peakMiB.toFixed(0),
      'start to first run ms': row.firstRunMs?.toFixed(0) ?? '',
    })),
  );
  console.log('graft:', JSON.stringify(measurements[0]?.stats));
}

const results: Result[] = [];
for (const id of options.only ?? Object.keys(workloads)) {
  const result = await bench(id);
  results.push(result);
  if (!options.json) print(result);
}
const machine = describeMachine(Number(options.threads), options.device);
if (options.json) console.log(JSON.stringify({ machine, results }, null, 2));
else console.log(machine);
