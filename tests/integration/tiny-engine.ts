/** A small engine process for the client's tests: it speaks the protocol, but only `info`, `scan` and `thumbnail`. */
import type { FromEngine, ToEngine } from '../../electron/engine/protocol.ts';

const mode = process.argv[2];
if (mode === 'die') process.exit(1);

const say = (message: FromEngine) => void process.send!(message);
const answer = { backend: 'none', label: 'tiny', device: 'none', threads: 1, memory: 1, pid: process.pid };

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToEngine) => {
  if (message.type === 'shutdown') process.exit(0);
  if (message.type === 'control') {
    say({ type: 'error', id: message.id, error: { code: 'cancelled', params: {} } });
  }
  if (message.type !== 'request') return;
  const { id, method } = message;
  if (method === 'info') say({ type: 'result', id, result: mode === 'nonsense' ? { backend: 7 } : answer });
  // Says that it began, and then never ends: the test kills it or cancels it.
  if (method === 'scan') say({ type: 'progress', id, progress: { entries: [], skipped: [] } });
  if (method === 'thumbnail') {
    say({ type: 'error', id, error: { code: 'file.missing', params: { path: '/nowhere.jpg' } } });
  }
  if (method === 'predict') {
    say({
      type: 'result',
      id,
      result: { ids: [1, 2], probabilities: Float32Array.of(0.25, 0.75, 1, 0), failed: [] },
    });
  }
});
say({ type: 'ready' });
