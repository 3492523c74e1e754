import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngineClient } from '../../electron/engine/client.ts';
import type { Adapter } from '../../electron/lab/devices/adapters.ts';
import { createLab, type Lab } from '../../electron/lab/lab.ts';
import type { Devices } from '../../shared/contract/index.ts';
import { nextEvent } from './real-lab.ts';

const stub = join(import.meta.dirname, 'device-engine.ts');
const real = join(import.meta.dirname, '../../electron/engine/process.ts');

const card: Adapter = { name: 'Some Card', driver: '1.0', software: false, cuda: false, graphics: true };

interface Computer {
  /** How the process of a check behaves. */
  check?: 'pass' | 'crash' | 'real';
  adapters?: Adapter[];
  host?: 'browser' | 'terminal';
  dataDir?: string;
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-devices-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A lab over engine processes of this test, on a computer with one graphics card. */
function aComputer({
  check = 'pass',
  adapters = [card],
  host = 'terminal',
  dataDir = freshFolder(),
}: Computer) {
  const compute = createEngineClient({ entry: stub, firstWait: 10 });
  const started: number[] = [];
  const lab = createLab({
    dataDir,
    version: '1.0.0',
    host,
    engines: { compute, media: compute },
    deviceChecks: {
      start() {
        started.push(Date.now());
        if (check === 'real') return createEngineClient({ entry: real, mostDeaths: 1 });
        return createEngineClient({ entry: stub, args: [check], mostDeaths: 1 });
      },
      readAdapters: () => Promise.resolve(adapters),
    },
  });
  onTestFinished(() => lab.close());
  return { lab, compute, started, dataDir };
}

const rowOf = ({ devices }: Devices, device: string) => devices.find((row) => row.device === device);
const settledOn = (lab: Lab, state: string) =>
  nextEvent(lab, 'devices.changed', (devices) => rowOf(devices, 'webgpu')?.state === state);

describe.skipIf(process.platform === 'win32')('a device that crashes the process that checks it', () => {
  it('is remembered and avoided, while the engine in use lives on; checked again, it is trusted', async () => {
    const { lab, compute, dataDir } = aComputer({ check: 'crash' });
    await nextEvent(lab, 'engine.changed', ({ state, label }) => state === 'ready' && label === '');
    const pid = compute.pid;
    const devices = await lab.call('devices.check', {});
    expect(rowOf(devices, 'webgpu')).toMatchObject({ state: 'crashed', reason: { code: 'crashed-check' } });
    expect(devices.auto.device).toBe('cpu');
    expect(devices.news).toEqual([{ backend: 'onnxruntime', device: 'webgpu' }]);
    expect({ pid: compute.pid, restarts: compute.restarts }).toEqual({ pid, restarts: 0 });
    expect((await lab.call('devices.seen', {})).news).toEqual([]);
    await lab.close();

    const later = aComputer({ check: 'pass', dataDir });
    expect(rowOf(await later.lab.call('devices.check', {}), 'webgpu')?.state).toBe('crashed');
    expect(later.started).toHaveLength(0);
    const onCard = nextEvent(later.lab, 'engine.changed', ({ device }) => device === 'webgpu');
    const again = await later.lab.call('devices.check', { again: true });
    expect(rowOf(again, 'webgpu')).toMatchObject({ state: 'passed', chosen: true, speedup: 5 });
    await onCard;
  });
});

describe('a device in use when the engine process dies', () => {
  it('is remembered and avoided: the next process computes on the CPU', async () => {
    const { lab, compute } = aComputer({});
    const onCard = nextEvent(lab, 'engine.changed', ({ device }) => device === 'webgpu');
    await lab.call('devices.check', {});
    await onCard;
    const crashed = settledOn(lab, 'crashed');
    const onCpu = nextEvent(
      lab,
      'engine.changed',
      ({ state, device }) => state === 'ready' && device === 'cpu',
    );
    process.kill(compute.pid!, 'SIGKILL');
    const devices = await crashed;
    expect(rowOf(devices, 'webgpu')?.reason.code).toBe('crashed-use');
    expect(devices.auto.device).toBe('cpu');
    expect(devices.news).toHaveLength(1);
    expect((await onCpu).restarts).toBe(1);
  });
});

describe('at the start', () => {
  it('a window has a never-checked device checked in the background', async () => {
    const { lab, started } = aComputer({ host: 'browser' });
    expect(rowOf(await settledOn(lab, 'passed'), 'webgpu')?.chosen).toBe(true);
    expect(started.length).toBeGreaterThan(0);
  });

  it('a computer without graphics hardware starts no further process', async () => {
    const { lab, started } = aComputer({ host: 'browser', adapters: [] });
    await nextEvent(lab, 'engine.changed', ({ state }) => state === 'ready');
    const devices = await lab.call('devices.check', {});
    expect(rowOf(devices, 'webgpu')).toMatchObject({ state: 'unavailable', reason: { code: 'no-adapter' } });
    expect(started).toHaveLength(0);
  });

  it('what passed before is used without a further check', async () => {
    const { lab, dataDir } = aComputer({});
    await lab.call('devices.check', {});
    await lab.close();
    const later = aComputer({ dataDir, check: 'crash', host: 'browser' });
    await nextEvent(later.lab, 'engine.changed', ({ device }) => device === 'webgpu');
    expect(later.started).toHaveLength(0);
  });
});

describe('the engine itself', () => {
  it('checks WebGPU in a process of its own and answers with a result, whatever this computer has', async () => {
    const { lab } = aComputer({ check: 'real' });
    const row = rowOf(await lab.call('devices.check', {}), 'webgpu');
    expect(['passed', 'failed']).toContain(row?.state);
    if (row?.state === 'failed') expect(row.reason).toMatchObject({ code: 'error' });
    else expect(row?.check?.lossDifference).toBeLessThan(row?.check?.tolerance ?? 0);
  });
});
