import { GraftError } from '../../../shared/errors.ts';
import { listDevices, selectBackend } from '../backend/index.ts';
import type { BackendInfo, BackendRequest } from '../backend/index.ts';
import type { EngineResult } from '../protocol.ts';

const requests: readonly BackendRequest[] = ['auto', 'cpu', 'onnxruntime', 'tensorflow'];

let current: { request: BackendRequest; info: BackendInfo } | null = null;

/**
 * Makes the wanted backend the one tfjs computes on. `auto` keeps what already works.
 * @throws GraftError `recipe.no-backend` for a name that is none, with the names there are
 */
export async function useBackend(name: string): Promise<BackendInfo> {
  const request = requests.find((known) => known === name);
  if (!request) throw new GraftError('recipe.no-backend', { backend: name, known: requests.join(', ') });
  if (current && (request === 'auto' || request === current.request)) return current.info;
  current = { request, info: await selectBackend(request) };
  return current.info;
}

/** What a person calls the device in use. */
export function deviceLabel(): string {
  return current?.info.label ?? '';
}

/** The backend in use, why others are not, and this process' memory in bytes. */
export async function backendInfo(): Promise<EngineResult<'info'>> {
  const { backend, label, threads } = await useBackend('auto');
  const reasons = (await listDevices()).flatMap((device) =>
    device.reason === undefined
      ? []
      : [{ backend: `${device.backend} (${device.device})`, reason: device.reason }],
  );
  return { backend, label, threads, reasons, memory: process.memoryUsage().rss, pid: process.pid };
}
