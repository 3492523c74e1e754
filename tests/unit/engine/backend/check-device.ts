/** Checks a device and prints the result as JSON: `node check-device.ts <provider>`, in a process that may crash. */
import { deviceTargetSchema } from '../../../../shared/contract/devices.ts';
import { checkDevice, selectBackend } from '../../../../electron/engine/backend/index.ts';

const target = deviceTargetSchema.parse({ backend: 'onnxruntime', device: process.argv[2] ?? 'webgpu' });
await selectBackend('onnxruntime', { threads: 2 });
console.log(JSON.stringify(await checkDevice(target)));
