import { describe, expect, it } from 'vitest';
import { describeDevices, deviceNews } from '../../../electron/hosts/cli/device-table.ts';
import type { DeviceRow, Devices } from '../../../shared/contract/index.ts';

const cpu: DeviceRow = {
  backend: 'onnxruntime',
  device: 'cpu',
  adapters: [],
  software: false,
  state: 'reference',
  reason: { code: 'reference', params: {} },
  check: null,
  speedup: 1,
  chosen: false,
};
const webgpu: DeviceRow = {
  ...cpu,
  device: 'webgpu',
  adapters: ['Radeon RX 6800'],
  state: 'passed',
  reason: { code: 'passed', params: { times: '7.1' } },
  check: {
    lossDifference: 1.7e-7,
    tolerance: 2e-3,
    stepMs: 2,
    cpuStepMs: 14.2,
    at: '2026-11-21T03:00:00.000Z',
  },
  speedup: 7.1,
  chosen: true,
};
const auto: Devices['auto'] = {
  backend: 'onnxruntime',
  device: 'webgpu',
  reason: { code: 'chosen-fastest', params: {} },
};

describe('the doctor on devices', () => {
  it('shows each with its adapter, loss difference, speed and reason, and what auto takes', () => {
    const text = describeDevices({ devices: [cpu, webgpu], auto, news: [] }, 'en');
    expect(text).toMatch(/^\* WebGPU +Radeon RX 6800 +passed +1\.7e-7 +2\.0 +7\.1x +2026-11-21$/m);
    expect(text).toMatch(/^WebGPU: .* 7\.1 times as fast as the CPU\.$/m);
    expect(text).toMatch(/^auto: WebGPU\. .*fastest/m);
  });

  it('speaks Chinese to those who read it', () => {
    expect(describeDevices({ devices: [cpu, webgpu], auto, news: [] }, 'zh')).toContain(
      '速度为 CPU 的 7.1 倍',
    );
  });
});

describe('what is said before a training', () => {
  it('is nothing when all is checked', () => {
    expect(deviceNews({ devices: [cpu, webgpu], auto, news: [] })).toEqual([]);
  });

  it('names hardware that waits for a check and devices that crashed, but no software', () => {
    const waiting: DeviceRow = { ...webgpu, state: 'unchecked', check: null, speedup: null };
    const lines = deviceNews({
      devices: [cpu, waiting],
      auto,
      news: [{ backend: 'tensorflow', device: 'cuda' }],
    });
    expect(lines.slice(0, 2)).toEqual([
      'TensorFlow CUDA crashed the engine and is avoided.',
      'WebGPU has not been checked yet.',
    ]);
    expect(deviceNews({ devices: [{ ...waiting, software: true }], auto, news: [] })).toEqual([]);
  });
});
