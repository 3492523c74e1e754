/**
 * The device that conformance and parity run on: GRAFT_TEST_DEVICE=`cpu` (default), `webgpu`, `dml`, `coreml`, or
 * `cuda` for tfjs-node-gpu where it is installed. A software WebGPU adapter needs Chromium and libvulkan1:
 * VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json.
 */
import { deviceTargetSchema } from '../shared/contract/devices.ts';
import type { DeviceTarget } from '../shared/contract/index.ts';
import { loadTensorflow } from '../electron/engine/backend/tensorflow.ts';

/** What a name on the command line or in the environment means. Throws for a name that is none. */
export function deviceNamed(name: string): DeviceTarget {
  const cuda = name === 'cuda' || name === 'tensorflow';
  return deviceTargetSchema.parse(
    cuda ? { backend: 'tensorflow', device: 'cuda' } : { backend: 'onnxruntime', device: name },
  );
}

export const testDevice: DeviceTarget = deviceNamed(process.env['GRAFT_TEST_DEVICE'] ?? 'cpu');

/** Why nothing can run on the device asked for; null when it can. */
export function whyNotHere(): string | null {
  if (testDevice.backend !== 'tensorflow') return null;
  const attempt = loadTensorflow();
  return attempt.loaded ? null : `tfjs-node-gpu does not load: ${attempt.reason}`;
}
