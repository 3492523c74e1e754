/** Checks a device and prints the result as JSON: `node check-device.ts <provider>`, in a process that may crash. */
import { checkDevice, selectBackend } from '../../../../electron/engine/backend/index.ts';

await selectBackend('onnxruntime', { threads: 2 });
console.log(JSON.stringify(await checkDevice(process.argv[2] ?? 'webgpu')));
