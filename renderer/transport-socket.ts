import type { LabClient, MethodName, Params } from '../shared/contract/index.ts';
import { GraftError } from '../shared/errors.ts';
import { connectLab, eventNames, type Channel } from '../shared/session.ts';
import type { ConnectionState, Transport } from './bridge.ts';

const firstRetryMs = 250;
const longestRetryMs = 5000;

/** A WebSocket as a channel of JSON frames. */
function socketChannel(socket: WebSocket): Channel {
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    onFrame(handler) {
      const tell = (message: MessageEvent): void => handler(JSON.parse(String(message.data)));
      socket.addEventListener('message', tell);
      return () => socket.removeEventListener('message', tell);
    },
    onClose(handler) {
      socket.addEventListener('close', handler);
      return () => socket.removeEventListener('close', handler);
    },
  };
}

/**
 * The lab behind a WebSocket, for the browser. A lost connection is opened again with growing pauses.
 * Calls under way when it is lost are rejected with `host.lost`; calls made before the first opening wait.
 */
export function openSocket(url: string): Transport {
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const stateHandlers: ((state: ConnectionState) => void)[] = [];
  let state: ConnectionState = 'connecting';
  let retryMs = firstRetryMs;
  let client: LabClient | undefined;
  let firstOpening: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => (firstOpening = resolve));

  function setState(next: ConnectionState): void {
    state = next;
    for (const handler of stateHandlers) handler(next);
  }

  function connect(): void {
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => {
      retryMs = firstRetryMs;
      client = connectLab(socketChannel(socket));
      for (const event of eventNames) {
        client.on(event, (payload) => listeners.get(event)?.forEach((tell) => tell(payload)));
      }
      setState('open');
      firstOpening?.();
    });
    socket.addEventListener('close', () => {
      client = undefined;
      if (state !== 'lost') setState('lost');
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    });
  }

  connect();
  return {
    async call(method, params) {
      if (state === 'connecting') await opened;
      if (!client) throw new GraftError('host.lost');
      return client.call(method as MethodName, params as Params<MethodName>);
    },
    on(event, handler) {
      const handlers = listeners.get(event) ?? new Set();
      listeners.set(event, handlers.add(handler));
      return () => handlers.delete(handler);
    },
    onState(handler) {
      stateHandlers.push(handler);
      handler(state);
    },
  };
}
