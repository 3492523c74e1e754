import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceCheck } from '../../../../electron/engine/backend/index.ts';
import {
  LOSS_TOLERANCE,
  checkDevice,
  listDevices,
  selectBackend,
} from '../../../../electron/engine/backend/index.ts';

const passed = (stepMs: number): DeviceCheck => ({
  device: 'webgpu',
  passed: true,
  lossDifference: 1e-5,
  stepMs,
  cpuStepMs: 10,
});

beforeAll(() => selectBackend('onnxruntime'));
afterEach(() => selectBackend('onnxruntime'));

describe('checking a device', () => {
  it('finds that the CPU agrees with itself', async () => {
    const check = await checkDevice('cpu');
    expect(check).toMatchObject({ device: 'cpu', passed: true, lossDifference: 0 });
    expect(check.stepMs).toBeGreaterThan(0);
  });

  it('says why a device failed, and leaves the backend as it was', async () => {
    const check = await checkDevice('no-such-provider');
    expect(check.passed).toBe(false);
    expect(check.reason).toContain('no-such-provider');
    expect(tf.getBackend()).toBe('onnxruntime');
    expect(tf.add(tf.scalar(1), 1).dataSync()[0]).toBe(2);
  });
});

describe('choosing with the results of checks', () => {
  const device = async (checks: DeviceCheck[]) => {
    const { device: chosen, backend, reasons } = await selectBackend('auto', { checks });
    return { chosen: backend === 'onnxruntime' ? chosen : 'cpu', reasons: reasons.join(' ') };
  };

  it('takes a device that passed and beat the CPU', async () => {
    expect((await device([passed(2)])).chosen).toBe('webgpu');
  });

  it('never takes one that is slower, as software adapters are, nor one that failed', async () => {
    expect(await device([passed(40)])).toMatchObject({
      chosen: 'cpu',
      reasons: expect.stringContaining('slower than the CPU') as string,
    });
    const crashed: DeviceCheck = { device: 'webgpu', passed: false, reason: 'It crashed.' };
    expect(await device([crashed])).toMatchObject({
      chosen: 'cpu',
      reasons: expect.stringContaining('It crashed.') as string,
    });
  });

  it('lists a device as available only after it passed', async () => {
    const available = async (checks: DeviceCheck[]) => {
      const devices = await listDevices(checks);
      return devices.find((candidate) => candidate.device === 'webgpu')?.available;
    };
    expect([await available([]), await available([passed(2)])]).toEqual([false, true]);
  });
});

/** Chromium's software Vulkan driver: slow, but a WebGPU adapter on any machine. */
const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';
const wanted = process.env['GRAFT_TEST_WEBGPU'] === '1' && existsSync(SOFTWARE_VULKAN);

describe.skipIf(!wanted)('WebGPU (minutes: needs GRAFT_TEST_WEBGPU=1, libvulkan1 and Chromium)', () => {
  it('trains to the losses of the CPU on a software adapter', () => {
    const script = join(import.meta.dirname, 'check-device.ts');
    const env = { ...process.env, VK_ICD_FILENAMES: SOFTWARE_VULKAN };
    const printed = execFileSync(process.execPath, [script, 'webgpu'], { encoding: 'utf8', env });
    const check = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as DeviceCheck;
    expect(check.reason).toBeUndefined();
    expect(check.passed).toBe(true);
    expect(check.lossDifference).toBeLessThan(LOSS_TOLERANCE);
  }, 900_000);
});
