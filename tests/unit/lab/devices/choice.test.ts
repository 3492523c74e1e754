import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../../../electron/lab/devices/adapters.ts';
import type { Candidate } from '../../../../electron/lab/devices/candidates.ts';
import {
  checkKey,
  surveyDevices,
  wantsCheck,
  type Knowledge,
} from '../../../../electron/lab/devices/choice.ts';
import type { DeviceRecord } from '../../../../electron/lab/devices/records.ts';
import { devicesSchema } from '../../../../shared/contract/devices.ts';
import type { DeviceMeasurement } from '../../../../shared/contract/index.ts';

const webgpu: Candidate = { backend: 'onnxruntime', device: 'webgpu', installed: true, library: 'ort 1' };
const cuda: Candidate = { backend: 'tensorflow', device: 'cuda', installed: true, library: 'tf 1' };
const card: Adapter = { name: 'NVIDIA RTX', driver: '550', software: false, cuda: true, graphics: true };
const swiftshader: Adapter = {
  name: 'SwiftShader',
  driver: '1',
  software: true,
  cuda: false,
  graphics: true,
};

const measured = (stepMs: number): DeviceMeasurement => ({
  passed: true,
  reason: null,
  lossDifference: 1e-6,
  tolerance: 2e-3,
  stepMs,
  cpuStepMs: 10,
  softwareDriver: null,
});

const computer = (changes: Partial<Knowledge> = {}): Knowledge => ({
  candidates: [cuda, webgpu],
  adapters: [card],
  records: [],
  version: '1.0.0',
  ...changes,
});

function record(candidate: Candidate, known: Knowledge, changes: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    backend: candidate.backend,
    device: candidate.device,
    key: checkKey(candidate, known),
    outcome: 'passed',
    reason: null,
    measurement: measured(5),
    at: '2026-11-21T03:00:00.000Z',
    pid: null,
    told: true,
    ...changes,
  };
}

function survey(known: Knowledge) {
  const devices = devicesSchema.parse(surveyDevices(known));
  const row = (device: string) => devices.devices.find((one) => one.device === device)!;
  return { devices, row, auto: devices.auto };
}

describe('what auto takes', () => {
  it('the CPU, as long as nothing passed', () => {
    const { auto, row } = survey(computer());
    expect(auto).toMatchObject({ device: 'cpu', reason: { code: 'chosen-only' } });
    expect(row('cpu')).toMatchObject({ state: 'reference', chosen: true });
    expect(row('webgpu')).toMatchObject({ state: 'unchecked', chosen: false });
  });

  it('the fastest of those that passed and beat the CPU', () => {
    const known = computer();
    const records = [
      record(webgpu, known, { measurement: measured(2) }),
      record(cuda, known, { measurement: measured(4) }),
    ];
    const { auto, row } = survey({ ...known, records });
    expect(auto).toMatchObject({ device: 'webgpu', reason: { code: 'chosen-fastest' } });
    expect(row('webgpu')).toMatchObject({ chosen: true, speedup: 5, adapters: ['NVIDIA RTX'] });
    expect(row('cuda')).toMatchObject({
      chosen: false,
      reason: { code: 'passed', params: { times: '2.5' } },
    });
  });

  it('never one that is slower, failed or crashed', () => {
    const known = computer();
    const slow = record(webgpu, known, { measurement: measured(40) });
    const crashed = record(cuda, known, {
      outcome: 'crashed',
      reason: { code: 'crashed-use', params: {} },
      told: false,
    });
    const { auto, row, devices } = survey({ ...known, records: [slow, crashed] });
    expect(auto.device).toBe('cpu');
    expect(row('webgpu').reason).toEqual({ code: 'slower', params: { times: '4.0' } });
    expect(row('cuda')).toMatchObject({ state: 'crashed', reason: { code: 'crashed-use' } });
    expect(devices.news).toEqual([{ backend: 'tensorflow', device: 'cuda' }]);
  });

  it('never a software adapter, however fast: by its name, or by the driver found in memory', () => {
    const soft = computer({ adapters: [swiftshader] });
    const named = survey({ ...soft, records: [record(webgpu, soft, { measurement: measured(1) })] });
    expect(named.auto.device).toBe('cpu');
    expect(named.row('webgpu').reason).toEqual({ code: 'software', params: { adapter: 'SwiftShader' } });

    const known = computer();
    const hidden = record(webgpu, known, { measurement: { ...measured(1), softwareDriver: 'llvmpipe' } });
    const found = survey({ ...known, records: [hidden] });
    expect(found.auto.device).toBe('cpu');
    expect(found.row('webgpu')).toMatchObject({
      software: true,
      reason: { params: { adapter: 'llvmpipe' } },
    });
  });
});

describe('which devices are checked without being asked', () => {
  const wanted = (known: Knowledge): string[] =>
    known.candidates.filter((one) => wantsCheck(one, known)).map(({ device }) => device);

  it('hardware that never was; nothing on a computer without an adapter or with a software one', () => {
    expect(wanted(computer())).toEqual(['cuda', 'webgpu']);
    expect(wanted(computer({ adapters: [] }))).toEqual([]);
    expect(wanted(computer({ adapters: [swiftshader] }))).toEqual([]);
    expect(wanted(computer({ candidates: [{ ...cuda, installed: false }] }))).toEqual([]);
  });

  it('also where the system could not tell what there is', () => {
    expect(wanted(computer({ adapters: null }))).toEqual(['cuda', 'webgpu']);
  });

  it('not again after it passed, failed or crashed, until library, Graft, adapter or driver change', () => {
    const known = computer();
    for (const outcome of ['passed', 'failed', 'crashed'] as const) {
      const records = [record(webgpu, known, { outcome }), record(cuda, known, { outcome })];
      expect(wanted({ ...known, records })).toEqual([]);
      expect(wanted({ ...known, records, version: '1.0.1' })).toEqual(['cuda', 'webgpu']);
      expect(wanted({ ...known, records, adapters: [{ ...card, driver: '551' }] })).toEqual([
        'cuda',
        'webgpu',
      ]);
      const newer = [cuda, { ...webgpu, library: 'ort 2' }];
      expect(wanted({ ...known, records, candidates: newer })).toEqual(['webgpu']);
    }
  });
});
