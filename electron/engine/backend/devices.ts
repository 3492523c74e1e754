/** Making one of the things the engine can run on the one tfjs computes with. */
import { availableParallelism } from 'node:os';
import { setBackend, version_core } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Imported for what it registers: the gradients of all operations.
import '@tensorflow/tfjs-layers';
import type { DeviceTarget } from '../../../shared/contract/index.ts';
import './chained-ops.ts';
import { BACKEND_NAME, configureSessions, runtimeVersion } from './onnxruntime/index.ts';
import { loadTensorflow } from './tensorflow.ts';

export type BackendName = 'cpu' | 'onnxruntime' | 'tensorflow';

export interface BackendInfo {
  readonly backend: BackendName;
  /** `cpu`, `webgpu`, `dml`, `coreml`, `cuda`. */
  readonly device: string;
  /** For people: "CPU, 2 threads". */
  readonly label: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
}

export interface BackendOptions {
  /** Threads on the CPU; by default as many as there are processors. */
  readonly threads?: number;
  /** A provider of `onnxruntime` to compute on; by default the CPU. */
  readonly device?: string;
  /** Name of its graphics adapter, for the label. */
  readonly adapter?: string;
}

/** The device that is always there and always trusted. */
export const CPU: DeviceTarget = { backend: BACKEND_NAME, device: 'cpu' };

/** DirectML and CoreML come with ONNX Runtime on Windows and macOS; neither was tried on hardware by this project. */
const providerNames: Readonly<Record<string, string>> = {
  webgpu: 'WebGPU',
  dml: 'DirectML',
  coreml: 'CoreML',
};

const cpuLabel = (threads: number): string => `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

const withAdapter = (name: string, adapter: string | undefined): string =>
  adapter ? `${name}, ${adapter}` : name;

function onnxruntimeInfo(threads: number, device: string, adapter?: string): BackendInfo {
  configureSessions({ provider: device, threads });
  const versions = {
    'tfjs-core': version_core,
    'onnxruntime-node': runtimeVersion(),
    node: process.versions.node,
  };
  const label = device === 'cpu' ? cpuLabel(threads) : withAdapter(providerNames[device] ?? device, adapter);
  return { backend: BACKEND_NAME, device, label, threads, versions };
}

function tensorflowInfo(threads: number, adapter?: string): BackendInfo | null {
  const attempt = loadTensorflow();
  if (!attempt.loaded) return null;
  const versions = {
    'tfjs-core': version_core,
    'tfjs-node-gpu': attempt.version,
    node: process.versions.node,
  };
  const [device, name] = attempt.gpu ? ['cuda', withAdapter('CUDA', adapter)] : ['cpu', 'TensorFlow, CPU'];
  return { backend: 'tensorflow', device, label: name, threads, versions };
}

function referenceInfo(): BackendInfo {
  const versions = { 'tfjs-core': version_core, node: process.versions.node };
  return { backend: 'cpu', device: 'cpu', label: 'TensorFlow.js reference, 1 thread', threads: 1, versions };
}

function resolve(
  backend: BackendName,
  { threads = availableParallelism(), device, adapter }: BackendOptions,
): BackendInfo {
  if (backend === 'cpu') return referenceInfo();
  const tensorflow = backend === 'tensorflow' ? tensorflowInfo(threads, adapter) : null;
  // Where the library does not load, the ladder goes on to the CPU; the device list says why.
  return (
    tensorflow ?? onnxruntimeInfo(threads, backend === BACKEND_NAME ? (device ?? 'cpu') : 'cpu', adapter)
  );
}

/** Makes a backend the one tfjs computes with: the one asked for, or the CPU where TensorFlow does not load. */
export async function selectBackend(
  backend: BackendName,
  options: BackendOptions = {},
): Promise<BackendInfo> {
  const info = resolve(backend, options);
  await setBackend(info.backend);
  return info;
}
