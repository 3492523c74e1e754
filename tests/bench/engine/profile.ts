/**
 * Where one run of a workload spends its time: `node tests/bench/engine/profile.ts <workload> [threads]` prints
 * milliseconds by operator, from ONNX Runtime's own profiler, and how many transposes remain.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectBackend } from '../../../electron/engine/backend/index.ts';
import { configureSessions } from '../../../electron/engine/backend/onnxruntime/index.ts';
import { workloads } from './workloads.ts';

const RUNS = 4;

interface ProfilerEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly ts: number;
  readonly args?: {
    readonly op_name?: string;
    readonly output_type_shape?: readonly Record<string, number[]>[];
  };
}

const [id = '', threads = '1'] = process.argv.slice(2);
const workload = workloads[id];
if (!workload) throw new Error(`Unknown workload ${id}.`);
const folder = mkdtempSync(join(tmpdir(), 'graft-profile-'));
await selectBackend('onnxruntime', { threads: Number(threads) });
configureSessions({ profilePrefix: join(folder, 'run') });
const run = workload.prepare();
for (let count = 0; count < RUNS; count++) run();
// Profiles are written when the sessions go.
configureSessions({ profilePrefix: undefined });

/** Events of the last run of the session that was run most. */
function lastRun(): ProfilerEvent[] {
  const sessions = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ProfilerEvent[],
  );
  const runsOf = (events: ProfilerEvent[]) => events.filter(({ name }) => name === 'model_run');
  sessions.sort((a, b) => runsOf(b).length - runsOf(a).length || b.length - a.length);
  const [events = []] = sessions;
  const last = runsOf(events).at(-1);
  return events.filter(({ ts, cat }) => cat === 'Node' && last && ts >= last.ts && ts <= last.ts + last.dur);
}

const total = new Map<string, { ms: number; count: number }>();
for (const { name, dur, args } of lastRun()) {
  if (!name.endsWith('_kernel_time')) continue;
  const shape = Object.values(args?.output_type_shape?.[0] ?? {})[0]?.join('x') ?? '';
  for (const key of [args?.op_name ?? name, `  ${args?.op_name} ${shape}`]) {
    const sum = total.get(key) ?? { ms: 0, count: 0 };
    total.set(key, { ms: sum.ms + dur / 1000, count: sum.count + 1 });
  }
}
rmSync(folder, { recursive: true, force: true });
for (const [key, { ms, count }] of [...total].sort((a, b) => b[1].ms - a[1].ms).slice(0, 40)) {
  console.log(`${ms.toFixed(2).padStart(9)} ms ${String(count).padStart(5)} ${key}`);
}
