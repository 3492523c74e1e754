import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CPU,
  LOSS_TOLERANCE,
  checkDevice,
  selectBackend,
} from '../../../../electron/engine/backend/index.ts';
import { loadTensorflow } from '../../../../electron/engine/backend/tensorflow.ts';
import { loadedSoftwareDriver } from '../../../../electron/engine/backend/vulkan-driver.ts';
import { deviceMeasurementSchema } from '../../../../shared/contract/devices.ts';

beforeAll(() => selectBackend('onnxruntime'));
afterEach(() => selectBackend('onnxruntime'));

describe('checking a device', () => {
  it('finds that the CPU agrees with itself', async () => {
    const check = deviceMeasurementSchema.parse(await checkDevice(CPU));
    expect(check).toMatchObject({ passed: true, reason: null, lossDifference: 0 });
    expect(check.stepMs).toBeGreaterThan(0);
    expect(check.cpuStepMs).toBeGreaterThan(0);
  });

  it('says why a device failed, and leaves the backend as it was', async () => {
    const elsewhere = process.platform === 'win32' ? 'coreml' : 'dml';
    const check = await checkDevice({ backend: 'onnxruntime', device: elsewhere });
    expect(check).toMatchObject({ passed: false, reason: { code: 'not-bundled' } });
    expect(tf.getBackend()).toBe('onnxruntime');
    expect(tf.add(tf.scalar(1), 1).dataSync()[0]).toBe(2);
  });

  it.skipIf(loadTensorflow().loaded)('says why TensorFlow does not load, where it does not', async () => {
    const check = await checkDevice({ backend: 'tensorflow', device: 'cuda' });
    expect(check).toMatchObject({ passed: false, reason: { code: 'not-loaded' } });
    expect(check.reason?.params['detail']).toMatch(/tfjs_binding|libtensorflow|tfjs-node-gpu/);
  });
});

describe('selecting a backend', () => {
  it.skipIf(loadTensorflow().loaded)('goes on to the CPU where TensorFlow does not load', async () => {
    const chosen = await selectBackend('tensorflow', { threads: 1 });
    expect(chosen).toMatchObject({ backend: 'onnxruntime', device: 'cpu', label: 'CPU, 1 thread' });
  });

  it('names the graphics adapter', async () => {
    const { label } = await selectBackend('onnxruntime', { device: 'webgpu', adapter: 'Radeon RX 6800' });
    expect(label).toBe('WebGPU, Radeon RX 6800');
  });
});

describe('the Vulkan driver in memory', () => {
  const line = (file: string): string => `7f00-7f01 r-xp 00000000 08:01 42  /usr/lib/${file}\n`;

  it('is a software one when no other is loaded', () => {
    expect(loadedSoftwareDriver(line('chromium/libvk_swiftshader.so'))).toBe('SwiftShader');
    expect(loadedSoftwareDriver(line('libvulkan_lvp.so'))).toBe('llvmpipe');
    expect(loadedSoftwareDriver(line('libvulkan_lvp.so') + line('libvulkan_radeon.so'))).toBeNull();
    expect(loadedSoftwareDriver(line('libGLX_nvidia.so.550.54'))).toBeNull();
    expect(loadedSoftwareDriver(line('libc.so.6'))).toBeNull();
  });
});

/** Chromium's software Vulkan driver: slow, but a WebGPU adapter on any machine. */
const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';
const wanted = process.env['GRAFT_TEST_WEBGPU'] === '1' && existsSync(SOFTWARE_VULKAN);

describe.skipIf(!wanted)('WebGPU (half a minute: needs GRAFT_TEST_WEBGPU=1, libvulkan1 and Chromium)', () => {
  it('trains to the losses of the CPU on a software adapter, which is recognized', () => {
    const script = join(import.meta.dirname, 'check-device.ts');
    const env = { ...process.env, VK_ICD_FILENAMES: SOFTWARE_VULKAN };
    const printed = execFileSync(process.execPath, [script, 'webgpu'], { encoding: 'utf8', env });
    const check = deviceMeasurementSchema.parse(JSON.parse(printed.trim().split('\n').at(-1) ?? ''));
    expect(check).toMatchObject({ passed: true, reason: null, softwareDriver: 'SwiftShader' });
    expect(check.lossDifference).toBeLessThan(LOSS_TOLERANCE);
  }, 900_000);
});
