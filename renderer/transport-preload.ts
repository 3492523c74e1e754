import type { ErrorParams } from '../shared/errors.ts';
import { errorFrom } from '../shared/session.ts';
import type { Transport } from './bridge.ts';

/** What Electron's preload exposes to the page. */
export interface PreloadApi {
  call(
    method: string,
    params: unknown,
  ): Promise<{ result?: unknown; error?: { code: string; params: ErrorParams } }>;
  on(event: string, handler: (payload: unknown) => void): () => void;
  pathForFile(file: File): string;
}

declare global {
  interface Window {
    graft?: PreloadApi;
  }
}

/** The lab in the main process of Electron. It lives as long as the window: there is nothing to reconnect. */
export function openPreload(preload: PreloadApi): Transport {
  return {
    async call(method, params) {
      const reply = await preload.call(method, params);
      if (reply.error) throw errorFrom(reply.error);
      return reply.result;
    },
    on: (event, handler) => preload.on(event, handler),
    onState: (handler) => handler('open'),
  };
}
