/** What the engine can run on, and choosing among it. */
import { availableParallelism } from 'node:os';
import { setBackend, version_core } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Imported for what it registers: the gradients of all operations.
import '@tensorflow/tfjs-layers';
import './chained-ops.ts';
import { BACKEND_NAME, bundledProviders, configureSessions, runtimeVersion } from './onnxruntime/index.ts';
import { loadTensorflow } from './tensorflow.ts';

export type BackendRequest = 'auto' | 'cpu' | 'onnxruntime' | 'tensorflow';

export interface DeviceInfo {
  /** What to pass to `selectBackend`. */
  readonly backend: Exclude<BackendRequest, 'auto'>;
  /** `cpu`, `cuda`, `webgpu`, `dml`, `coreml`. */
  readonly device: string;
  readonly label: string;
  readonly available: boolean;
  /** Why it is not available, or why it is never chosen by itself. */
  readonly reason?: string;
}

export interface BackendInfo {
  readonly backend: Exclude<BackendRequest, 'auto'>;
  readonly device: string;
  /** For people: "CPU, 2 threads". */
  readonly label: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Why devices that come before this one were not chosen. */
  readonly reasons: readonly string[];
}

export interface BackendOptions {
  /** Threads on the CPU; by default as many as there are processors. */
  readonly threads?: number;
}

const cpuLabel = (threads: number): string => `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

function tensorflowDevice(): DeviceInfo {
  const attempt = loadTensorflow();
  const common = { backend: 'tensorflow', device: 'cuda' } as const;
  return attempt.loaded
    ? { ...common, label: `TensorFlow, ${attempt.device}`, available: true }
    : {
        ...common,
        label: 'TensorFlow (CUDA)',
        available: false,
        reason: `tfjs-node-gpu did not load: ${attempt.reason}`,
      };
}

/** Everything this installation could run on, the preferred first. */
export function listDevices(): Promise<DeviceInfo[]> {
  const threads = availableParallelism();
  const providers = bundledProviders().filter((provider) => provider !== 'cpu');
  return Promise.resolve([
    tensorflowDevice(),
    { backend: 'onnxruntime', device: 'cpu', label: cpuLabel(threads), available: true },
    ...providers.map((device): DeviceInfo => ({
      backend: 'onnxruntime',
      device,
      label: `ONNX Runtime, ${device}`,
      available: false,
      reason: 'This device has not passed its self-check.',
    })),
    {
      backend: 'cpu',
      device: 'cpu',
      label: 'TensorFlow.js reference',
      available: true,
      reason: 'It is for comparison and far slower; it is never chosen by itself.',
    },
  ]);
}

function tensorflowInfo(): BackendInfo | string {
  const attempt = loadTensorflow();
  if (!attempt.loaded) return `tfjs-node-gpu did not load: ${attempt.reason}`;
  return {
    backend: 'tensorflow',
    device: attempt.device,
    label: `TensorFlow, ${attempt.device}`,
    threads: availableParallelism(),
    versions: { 'tfjs-core': version_core, 'tfjs-node-gpu': attempt.version, node: process.versions.node },
    reasons: [],
  };
}

function onnxruntimeInfo(threads: number, reasons: readonly string[]): BackendInfo {
  configureSessions({ provider: 'cpu', threads });
  const versions = {
    'tfjs-core': version_core,
    'onnxruntime-node': runtimeVersion(),
    node: process.versions.node,
  };
  return { backend: BACKEND_NAME, device: 'cpu', label: cpuLabel(threads), threads, versions, reasons };
}

function referenceInfo(): BackendInfo {
  const versions = { 'tfjs-core': version_core, node: process.versions.node };
  return {
    backend: 'cpu',
    device: 'cpu',
    label: 'TensorFlow.js reference, 1 thread',
    threads: 1,
    versions,
    reasons: [],
  };
}

function resolve(request: BackendRequest, threads: number): BackendInfo {
  if (request === 'cpu') return referenceInfo();
  if (request === 'onnxruntime') return onnxruntimeInfo(threads, []);
  const tensorflow = tensorflowInfo();
  if (typeof tensorflow !== 'string') return tensorflow;
  return onnxruntimeInfo(threads, [tensorflow]);
}

/**
 * Makes a backend the one tfjs computes with. `auto` takes the first that works; a request that cannot be
 * met goes down the same ladder, and `reasons` say why.
 */
export async function selectBackend(
  request: BackendRequest,
  options: BackendOptions = {},
): Promise<BackendInfo> {
  const info = resolve(request, options.threads ?? availableParallelism());
  await setBackend(info.backend);
  return info;
}
