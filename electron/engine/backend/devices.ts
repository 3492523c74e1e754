/** What the engine can run on, and choosing among it. */
import { availableParallelism } from 'node:os';
import { setBackend, version_core } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Imported for what it registers: the gradients of all operations.
import '@tensorflow/tfjs-layers';
import './chained-ops.ts';
import { BACKEND_NAME, bundledProviders, configureSessions, runtimeVersion } from './onnxruntime/index.ts';
import type { DeviceCheck } from './self-check.ts';
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
  /** A provider of `onnxruntime` to compute on, by the name `listDevices` gives; by default the CPU. */
  readonly device?: string;
  /** Results of earlier self-checks: `auto` considers only devices that passed and were faster than the CPU. */
  readonly checks?: readonly DeviceCheck[];
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

const unchecked = 'It has not been checked on this computer yet.';

function providerDevice(device: string, checks: readonly DeviceCheck[]): DeviceInfo {
  const check = checks.find((candidate) => candidate.device === device);
  const common = { backend: BACKEND_NAME, device, label: `ONNX Runtime, ${device}` } as const;
  if (!check?.passed) return { ...common, available: false, reason: check?.reason ?? unchecked };
  if (isFaster(check)) return { ...common, available: true };
  return {
    ...common,
    available: true,
    reason: 'It is slower than the CPU here; it is never chosen by itself.',
  };
}

/** Software adapters pass the check too; being slower than the CPU is what keeps them from being chosen. */
const isFaster = ({ stepMs = Infinity, cpuStepMs = 0 }: DeviceCheck): boolean => stepMs < cpuStepMs;

/** Everything this installation could run on, the preferred first, in the light of earlier self-checks. */
export function listDevices(checks: readonly DeviceCheck[] = []): Promise<DeviceInfo[]> {
  const threads = availableParallelism();
  const providers = bundledProviders().filter((provider) => provider !== 'cpu');
  return Promise.resolve([
    tensorflowDevice(),
    { backend: 'onnxruntime', device: 'cpu', label: cpuLabel(threads), available: true },
    ...providers.map((device) => providerDevice(device, checks)),
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

function onnxruntimeInfo(threads: number, device: string, reasons: readonly string[]): BackendInfo {
  configureSessions({ provider: device, threads });
  const versions = {
    'tfjs-core': version_core,
    'onnxruntime-node': runtimeVersion(),
    node: process.versions.node,
  };
  const label = device === 'cpu' ? cpuLabel(threads) : `ONNX Runtime, ${device}`;
  return { backend: BACKEND_NAME, device, label, threads, versions, reasons };
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

/** The fastest provider that passed its check and beat the CPU there; the CPU when there is none. */
function fastestDevice(checks: readonly DeviceCheck[]): string {
  const speedup = ({ stepMs = Infinity, cpuStepMs = 0 }: DeviceCheck): number => cpuStepMs / stepMs;
  const candidates = checks.filter((check) => check.passed && isFaster(check));
  candidates.sort((a, b) => speedup(b) - speedup(a));
  return candidates[0]?.device ?? 'cpu';
}

function notChosen(checks: readonly DeviceCheck[]): string[] {
  return checks.flatMap((check) => {
    const { device, reason } = providerDevice(check.device, checks);
    return reason ? [`${device}: ${reason}`] : [];
  });
}

function resolve(request: BackendRequest, { threads, device, checks = [] }: BackendOptions): BackendInfo {
  const count = threads ?? availableParallelism();
  if (request === 'cpu') return referenceInfo();
  if (request === 'onnxruntime') return onnxruntimeInfo(count, device ?? 'cpu', []);
  const tensorflow = tensorflowInfo();
  if (typeof tensorflow !== 'string') return tensorflow;
  return onnxruntimeInfo(count, fastestDevice(checks), [tensorflow, ...notChosen(checks)]);
}

/**
 * Makes a backend the one tfjs computes with. `auto` takes the first that works; a request that cannot be
 * met goes down the same ladder, and `reasons` say why.
 */
export async function selectBackend(
  request: BackendRequest,
  options: BackendOptions = {},
): Promise<BackendInfo> {
  const info = resolve(request, options);
  await setBackend(info.backend);
  return info;
}
