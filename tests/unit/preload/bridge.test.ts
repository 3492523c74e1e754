import type { IpcRenderer, IpcRendererEvent } from 'electron';
import { describe, expect, it } from 'vitest';
import { bridgeOf } from '../../../electron/preload/bridge.ts';
import { CALL, EVENT } from '../../../electron/preload/ipc-names.ts';

type Listener = Parameters<IpcRenderer['on']>[1];

/** The two functions of ipcRenderer that the bridge uses, recorded. */
function recordedIpc() {
  const invoked: unknown[][] = [];
  const listeners: Listener[] = [];
  const ipc: Pick<IpcRenderer, 'invoke' | 'on'> = {
    invoke: (...message: unknown[]) => {
      invoked.push(message);
      return Promise.resolve({ result: 7 });
    },
    on(channel: string, listener: Listener) {
      expect(channel).toBe(EVENT);
      listeners.push(listener);
      return this as IpcRenderer;
    },
  };
  const tell = (name: string, payload: unknown): void =>
    listeners.forEach((listener) =>
      listener({ sender: 'not for the page' } as unknown as IpcRendererEvent, name, payload),
    );
  return { ipc, invoked, listeners, tell };
}

const files = { getPathForFile: (file: File) => `/home/me/${file.name}` };

describe('preload bridge', () => {
  it('exposes three functions and nothing else', () => {
    expect(Object.keys(bridgeOf(recordedIpc().ipc, files)).sort()).toEqual(['call', 'on', 'pathForFile']);
  });

  it('passes a call on and its answer back', async () => {
    const { ipc, invoked } = recordedIpc();
    expect(await bridgeOf(ipc, files).call('app.info', { a: 1 })).toEqual({ result: 7 });
    expect(invoked).toEqual([[CALL, 'app.info', { a: 1 }]]);
  });

  it('gives a listener the payload of its event alone, until it stops listening', () => {
    const { ipc, tell, listeners } = recordedIpc();
    const bridge = bridgeOf(ipc, files);
    const heard: unknown[][] = [];
    const stop = bridge.on('zoo.changed', (...payload) => heard.push(payload));
    bridge.on('run.changed', () => undefined);
    tell('run.changed', 1);
    tell('zoo.changed', 2);
    stop();
    tell('zoo.changed', 3);
    expect(heard).toEqual([[2]]);
    expect(listeners).toHaveLength(1);
  });

  it('knows the path of a dropped file', () => {
    expect(bridgeOf(recordedIpc().ipc, files).pathForFile(new File([], 'cat.jpg'))).toBe('/home/me/cat.jpg');
  });
});
