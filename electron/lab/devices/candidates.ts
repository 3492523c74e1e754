import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DeviceTarget } from '../../../shared/contract/index.ts';

/** Something the engine could compute on, besides the CPU, and the version of the library that would do it. */
export interface Candidate extends DeviceTarget {
  /** Whether its library is on this computer. */
  installed: boolean;
  library: string;
}

/**
 * What ONNX Runtime brings on each system, by its own documentation; a check finds out whether it is true here.
 * DirectML and CoreML stand before WebGPU, as what the system's maker offers. Neither was tried on hardware by this
 * project: the self-check decides.
 */
const providers: Partial<Record<NodeJS.Platform, readonly DeviceTarget['device'][]>> = {
  linux: ['webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['coreml', 'webgpu'],
};

const packages = createRequire(import.meta.url);

/** Everything that might compute on this system. Reads some file names and loads nothing. */
export function listCandidates(platform: NodeJS.Platform = process.platform): Candidate[] {
  const runtime = `onnxruntime-node ${versionOf('onnxruntime-node') ?? ''}`;
  const graphics = (providers[platform] ?? []).map((device) => ({
    backend: 'onnxruntime' as const,
    device,
    installed: true,
    library: runtime,
  }));
  // TensorFlow has no CUDA on macOS.
  return platform === 'darwin' ? graphics : [tensorflow(), ...graphics];
}

const TENSORFLOW = '@tensorflow/tfjs-node-gpu';

function tensorflow(): Candidate {
  return {
    backend: 'tensorflow',
    device: 'cuda',
    installed: tensorflowFetched(),
    library: `tfjs-node-gpu ${versionOf(TENSORFLOW) ?? ''}`,
  };
}

/** Its install step, which Graft leaves to the user, puts the native library into `lib/napi-v<n>`. */
function tensorflowFetched(): boolean {
  const folder = folderOf(TENSORFLOW);
  if (folder === null || !existsSync(join(folder, 'lib'))) return false;
  return readdirSync(join(folder, 'lib')).some((name) =>
    existsSync(join(folder, 'lib', name, 'tfjs_binding.node')),
  );
}

function folderOf(name: string): string | null {
  try {
    return dirname(packages.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

function versionOf(name: string): string | null {
  const folder = folderOf(name);
  if (folder === null) return null;
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
