/** The engine's backends. Training code imports this file and nothing behind it. */
export type { BackendInfo, BackendName, BackendOptions } from './devices.ts';
export { CPU, selectBackend } from './devices.ts';
export { LOSS_TOLERANCE, checkDevice } from './self-check.ts';
export type { EngineStats, ExportOptions, Forward, OnnxSession } from './onnxruntime/index.ts';
export {
  bake,
  engineStats,
  exportOnnx,
  flush,
  openOnnx,
  resetStats,
  runOnnx,
  unbake,
  withStep,
} from './onnxruntime/index.ts';
