import { currentBackend, selectBackend } from '../backend/index.ts';
import type { BackendInfo } from '../backend/index.ts';
import type { EngineResult } from '../protocol.ts';

let chosen: { request: string; info: Promise<BackendInfo> } | null = null;

/** Makes the wanted backend the one tfjs computes on; choosing it again costs nothing. */
export async function useBackend(request: string): Promise<BackendInfo> {
  if (chosen?.request !== request) {
    // `auto` asks for whatever works: once something does, it stays.
    if (chosen && request === 'auto') return chosen.info;
    chosen = { request, info: selectBackend(request) };
  }
  return chosen.info;
}

/** The backend in use, with this process' memory. */
export async function backendInfo(): Promise<EngineResult<'info'>> {
  await useBackend('auto');
  const { backend, label, threads, reasons } = currentBackend();
  return { backend, label, threads, reasons, memory: process.memoryUsage().rss, pid: process.pid };
}
