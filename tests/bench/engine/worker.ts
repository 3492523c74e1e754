/**
 * One workload in a process of its own, so that its peak memory is its own: `node worker.ts <workload> <threads>
 * [device]`.
 * Prepares and warms up, then does one run for every line on standard input, answering in JSON lines.
 */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import { engineStats, resetStats, selectBackend } from '../../../electron/engine/backend/index.ts';
import { deviceNamed } from '../../test-device.ts';
import { workloads } from './workloads.ts';

const WARM_UP_RUNS = 2;
const KILOBYTE = 1024;

const [id = '', threads = '2', deviceName = 'cpu'] = process.argv.slice(2);
const workload = workloads[id];
if (!workload) throw new Error(`Unknown workload ${id}; there are ${Object.keys(workloads).join(', ')}.`);

const answer = (message: object): void => console.log(JSON.stringify(message));

tf.enableProdMode();
const { backend, device } = deviceNamed(deviceName);
const selected = await selectBackend(backend, { threads: Number(threads), device });
if (selected.backend !== backend) throw new Error(`${deviceName} is not available: graft doctor says why.`);
const run = workload.prepare();
for (let count = 0; count < WARM_UP_RUNS; count++) {
  run();
  // The first run of a process contains everything a user waits for before the first step is done.
  if (count === 0) answer({ firstRunMs: performance.now() });
}
answer({ ready: true });
resetStats();
for await (const _line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  answer({ ms: performance.now() - start, cpuMs: (user + system) / 1000 });
}
answer({ peakBytes: process.resourceUsage().maxRSS * KILOBYTE, stats: engineStats() });
