/**
 * A small engine process for the tests of devices: it speaks the protocol and says on which device it was told to
 * compute. A check passes, or ends the process as a bad driver does: `device-engine.ts pass|crash`.
 */
import type { FromEngine, ToEngine } from '../../electron/engine/protocol.ts';

const mode = process.argv[2];
const say = (message: FromEngine) => void process.send!(message);

const passed = {
  passed: true,
  reason: null,
  lossDifference: 1e-6,
  tolerance: 2e-3,
  stepMs: 2,
  cpuStepMs: 10,
  softwareDriver: null,
};

function info(told: object) {
  return {
    backend: 'onnxruntime',
    device: 'cpu',
    label: '',
    threads: 1,
    memory: 1,
    pid: process.pid,
    ...told,
  };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToEngine) => {
  if (message.type === 'shutdown') process.exit(0);
  if (message.type !== 'request') return;
  const { id, method, params } = message;
  if (method === 'info') say({ type: 'result', id, result: info({}) });
  if (method === 'useDevice') say({ type: 'result', id, result: info(params as object) });
  if (method === 'checkDevice' && mode === 'crash') process.kill(process.pid, 'SIGSEGV');
  if (method === 'checkDevice' && mode === 'pass') say({ type: 'result', id, result: passed });
});
say({ type: 'ready' });
