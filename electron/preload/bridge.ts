import type { IpcRenderer, WebUtils } from 'electron';
import { CALL, EVENT } from './ipc-names.ts';

/** What the page sees of the program, and all of it: `window.graft`. */
export interface PreloadApi {
  /** `{ result }` or `{ error: { code, params } }`: a thrown error would lose its code on the way. */
  call(method: string, params: unknown): Promise<unknown>;
  /** Returns a function that stops listening. */
  on(event: string, handler: (payload: unknown) => void): () => void;
  pathForFile(file: File): string;
}

/** The page is given functions of ours, never Electron's own objects. */
export function bridgeOf(
  ipc: Pick<IpcRenderer, 'invoke' | 'on'>,
  files: Pick<WebUtils, 'getPathForFile'>,
): PreloadApi {
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  ipc.on(EVENT, (_, name: string, payload: unknown) => {
    listeners.get(name)?.forEach((handler) => handler(payload));
  });
  return {
    call: (method, params) => ipc.invoke(CALL, method, params),
    on(event, handler) {
      const handlers = listeners.get(event) ?? new Set();
      listeners.set(event, handlers.add(handler));
      return () => handlers.delete(handler);
    },
    pathForFile: (file) => files.getPathForFile(file),
  };
}
