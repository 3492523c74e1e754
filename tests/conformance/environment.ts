import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { loadTensorflow } from '../../electron/engine/backend/tensorflow.ts';
import { configureSessions } from '../../electron/engine/backend/onnxruntime/index.ts';

/** GRAFT_CONFORMANCE_BACKEND: `onnxruntime` (default), `onnxruntime:webgpu`, or `tensorflow` where installed. */
const [backendName = 'onnxruntime', provider = 'cpu'] = (
  process.env['GRAFT_CONFORMANCE_BACKEND'] ?? 'onnxruntime'
).split(':');

if (backendName === 'tensorflow') loadTensorflow();
else configureSessions({ provider });

setTestEnvs([{ name: `test-${backendName}`, backendName, isDataSync: true }]);
