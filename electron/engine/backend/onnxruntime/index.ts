/** The lazy ONNX Runtime backend: importing it registers it with tfjs. */
import { engine } from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from './backend.ts';
import './register.ts';

export { BACKEND_NAME } from './backend.ts';
export { bake, unbake } from './baking.ts';
export type { ExportOptions, Forward } from './export.ts';
export { exportOnnx } from './export.ts';
export { openOnnx, runOnnx } from './run-model.ts';
export type { OnnxSession } from './run-model.ts';
export { bundledProviders, runtimeVersion } from './runtime.ts';
export { configureSessions, sessionOptions } from './sessions.ts';
export type { EngineStats } from './stats.ts';
export { engineStats, resetStats } from './stats.ts';

/**
 * Computes every tensor alive, in one run. Does nothing on other backends, which compute at once.
 * Throws GraftError `engine.graph-failed`; variables then hold what they held before.
 */
export function flush(): void {
  const active = engine().backend;
  if (active instanceof OnnxRuntimeBackend) active.flush();
}

/**
 * One training step: `body` records forward pass, gradients and updates, and everything alive afterwards is
 * computed in one run. What is pending from before is computed first, so that each step is the same graph.
 */
export function withStep<T>(body: () => T): T {
  flush();
  const result = body();
  flush();
  return result;
}
