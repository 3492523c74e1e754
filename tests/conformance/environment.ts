import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { loadTensorflow } from '../../electron/engine/backend/tensorflow.ts';
import { configureSessions } from '../../electron/engine/backend/onnxruntime/index.ts';
import { testDevice } from '../test-device.ts';

const { backend, device } = testDevice;
if (backend === 'tensorflow') loadTensorflow();
else configureSessions({ provider: device });

setTestEnvs([{ name: `test-${backend}`, backendName: backend, isDataSync: true }]);
