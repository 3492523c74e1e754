import { deviceTargetSchema } from '../../../shared/contract/devices.ts';
import { GraftError } from '../../../shared/errors.ts';
import { CPU, selectBackend } from '../backend/index.ts';
import type { BackendInfo, BackendName } from '../backend/index.ts';
import type { EngineParams, EngineResult } from '../protocol.ts';

/** What computes: a backend, and of `onnxruntime` which provider. */
interface Wanted {
  backend: BackendName;
  device: string;
  adapter?: string;
}

/** What a recipe may ask for besides `auto`, e.g. `onnxruntime` (its CPU) or `onnxruntime:webgpu`. */
const requests = [
  'auto',
  'cpu',
  'onnxruntime',
  ...deviceTargetSchema.shape.device.options
    .filter((device) => device !== 'cpu' && device !== 'cuda')
    .map((device) => `onnxruntime:${device}`),
  'tensorflow',
];

/** What `auto` means: the CPU until the lab, which knows the checks, says otherwise. */
let automatic: Wanted = CPU;
let current: { wanted: Wanted; info: BackendInfo } | null = null;
/** Calls under way that compute: the device is not changed under them. */
let users = 0;

/** Says what `auto` means from now on. A call under way ends on the device it began on. */
export async function useDevice(target: EngineParams<'useDevice'>): Promise<EngineResult<'info'>> {
  automatic = target;
  return backendInfo();
}

/**
 * Does some work on the wanted backend. `auto` keeps the device of a call that is under way.
 * @throws GraftError `recipe.no-backend` for a name that is none, with the names there are
 */
export async function onBackend<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  await switchTo(wantedBy(name));
  users++;
  try {
    return await work();
  } finally {
    users--;
  }
}

function wantedBy(name: string): Wanted {
  if (!requests.includes(name)) {
    throw new GraftError('recipe.no-backend', { backend: name, known: requests.join(', ') });
  }
  if (name === 'auto') return users > 0 && current ? current.wanted : automatic;
  const [backend, device = 'cpu'] = name.split(':') as [BackendName, string?];
  return { backend, device };
}

async function switchTo(wanted: Wanted): Promise<BackendInfo> {
  const same = current?.wanted.backend === wanted.backend && current.wanted.device === wanted.device;
  if (!current || !same) current = { wanted, info: await selectBackend(wanted.backend, wanted) };
  return current.info;
}

/** What a person calls the device in use. */
export function deviceLabel(): string {
  return current?.info.label ?? '';
}

/** The backend in use and this process' memory in bytes. */
export async function backendInfo(): Promise<EngineResult<'info'>> {
  const { backend, device, label, threads } = await switchTo(wantedBy('auto'));
  return { backend, device, label, threads, memory: process.memoryUsage().rss, pid: process.pid };
}
