/**
 * The one file that imports ONNX Runtime. Its synchronous binding is used, because tfjs has a
 * synchronous read (`dataSync`) that the public, promise-based API cannot serve. The binding is not
 * documented, so package.json pins the version and everything the backend needs of it stands here.
 */
import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { Tensor } from 'onnxruntime-node';
import type { ElementType, NumberArray } from './graph/value.ts';

const loadPackage = createRequire(import.meta.url);

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(
    feeds: Record<string, Tensor>,
    fetches: Record<string, Tensor | null>,
    options: object,
  ): Record<string, Tensor>;
  dispose(): void;
  endProfiling(): void;
}

interface Binding {
  InferenceSession: new () => NativeSession;
  listSupportedBackends(): { name: string; bundled: boolean }[];
}

interface Runtime extends Binding {
  Tensor: typeof Tensor;
}

let loaded: Runtime | null = null;

/** Loaded at first use: listing devices or testing another backend must not need the native library. */
function runtime(): Runtime {
  if (loaded) return loaded;
  const { Tensor, env } = loadPackage('onnxruntime-node') as typeof OnnxRuntime;
  const native = loadPackage('onnxruntime-node/dist/binding.js') as { binding: Binding; initOrt(): void };
  env.logLevel = 'error';
  native.initOrt();
  loaded = { ...native.binding, Tensor };
  return loaded;
}

export interface SessionOptions {
  readonly provider: string;
  /** Threads that work on one operator; 0 leaves the choice to ONNX Runtime. */
  readonly threads: number;
  /** Whether ONNX Runtime keeps memory between runs in an arena of its own (default), or asks malloc each time. */
  readonly arena?: boolean;
  /** Where to write the graph after optimization, for measuring. */
  readonly optimizedModelPath?: string;
  readonly profilePrefix?: string;
}

/** Numbers of initializers handed over beside the model, by their location name. */
export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

export interface TypedData {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: NumberArray;
}

export interface Session {
  /** Runs the graph; results are written into the arrays of `results`. */
  run(feeds: Record<string, TypedData>, results: Record<string, TypedData>): void;
  dispose(): void;
}

function toNative(values: Record<string, TypedData>): Record<string, Tensor> {
  const { Tensor } = runtime();
  const tensors: Record<string, Tensor> = {};
  for (const name in values) {
    const value = values[name] as TypedData;
    tensors[name] = new Tensor(value.type as 'float32', value.data as Float32Array, value.shape as number[]);
  }
  return tensors;
}

/** Compiles an encoded model. Throws ONNX Runtime's own error when it cannot. */
export function createSession(
  model: Uint8Array,
  external: readonly ExternalData[],
  { provider, threads, arena = true, optimizedModelPath, profilePrefix }: SessionOptions,
): Session {
  const session = new (runtime().InferenceSession)();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Planning a run's memory ahead saved no time and held a quarter more of it at the peak.
    enableMemPattern: false,
    enableCpuMemArena: arena,
    logSeverityLevel: 3,
    extra: { session: { set_denormal_as_zero: '1' } },
    ...(external.length > 0 ? { externalData: external } : {}),
    ...(optimizedModelPath ? { optimizedModelFilePath: optimizedModelPath } : {}),
    ...(profilePrefix ? { enableProfiling: true, profileFilePrefix: profilePrefix } : {}),
  });
  return {
    run: (feeds, results) => void session.run(toNative(feeds), toNative(results), {}),
    dispose: () => {
      if (profilePrefix) session.endProfiling();
      session.dispose();
    },
  };
}

/** Execution providers this build of ONNX Runtime can start: `cpu`, `webgpu`, `dml`, `coreml`. */
export function bundledProviders(): string[] {
  return runtime()
    .listSupportedBackends()
    .filter(({ bundled }) => bundled)
    .map(({ name }) => name);
}

export function runtimeVersion(): string {
  const { version } = loadPackage('onnxruntime-node/package.json') as { version: string };
  return version;
}
