import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { startServer } from '../../electron/hosts/server/server.ts';
import type { Lab } from '../../electron/lab/lab.ts';
import { GraftError } from '../../shared/errors.ts';
import { serveLab } from '../../shared/session.ts';
import type { Channel } from '../../shared/session.ts';

/** The ways frames travel. Each opens any number of connections to one lab. */
export interface Transport {
  open(): Promise<Connection>;
  close(): Promise<void>;
}

export interface Connection {
  channel: Channel;
  close(): void;
}

export const transports: Record<string, (lab: Lab, folder: string) => Promise<Transport>> = {
  memory: (lab) =>
    Promise.resolve({ open: () => Promise.resolve(overMemory(lab)), close: () => Promise.resolve() }),
  MessagePort: (lab) =>
    Promise.resolve({ open: () => Promise.resolve(overPort(lab)), close: () => Promise.resolve() }),
  WebSocket: overSocket,
};

/** Both ends in one process; frames are handed over as they are, a turn of the loop later. */
function overMemory(lab: Lab): Connection {
  const [near, far] = memoryPair();
  serveLab(lab, far.channel);
  return near;
}

function memoryPair(): [Connection, Connection] {
  const ends = [0, 1].map(() => ({
    frames: new Set<(frame: unknown) => void>(),
    closed: new Set<() => void>(),
  }));
  let open = true;
  const close = (): void => {
    open = false;
    ends.forEach((end) => end.closed.forEach((tell) => tell()));
  };
  const connection = (mine: number): Connection => ({
    close,
    channel: {
      send(frame) {
        if (!open) throw new GraftError('host.lost');
        queueMicrotask(() => ends[1 - mine]!.frames.forEach((tell) => tell(frame)));
      },
      onFrame: (handler) => listen(ends[mine]!.frames, handler),
      onClose: (handler) => listen(ends[mine]!.closed, handler),
    },
  });
  return [connection(0), connection(1)];
}

/** Frames are structured clones, as between Electron's processes. */
function overPort(lab: Lab): Connection {
  const { port1, port2 } = new MessageChannel();
  serveLab(lab, portChannel(port2));
  return { channel: portChannel(port1), close: () => port1.close() };
}

function portChannel(port: MessagePort): Channel {
  let open = true;
  port.on('close', () => (open = false));
  return {
    send(frame) {
      if (!open) throw new GraftError('host.lost');
      port.postMessage(frame);
    },
    onFrame(handler) {
      port.on('message', handler);
      return () => port.off('message', handler);
    },
    onClose(handler) {
      port.on('close', handler);
      return () => port.off('close', handler);
    },
  };
}

/** The local server as a browser meets it: the token buys a cookie, the cookie opens the socket. */
async function overSocket(lab: Lab, folder: string): Promise<Transport> {
  const rendererDir = join(folder, 'renderer');
  mkdirSync(rendererDir, { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<title>Graft</title>');
  const server = await startServer({ lab, rendererDir });
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    async open() {
      const entered = await fetch(server.newAddress(), { redirect: 'manual' });
      const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, { origin, headers: { cookie } });
      await once(socket, 'open');
      return { channel: clientSocketChannel(socket), close: () => socket.close() };
    },
    close: () => server.close(),
  };
}

function clientSocketChannel(socket: WebSocket): Channel {
  return {
    send(frame) {
      if (socket.readyState !== WebSocket.OPEN) throw new GraftError('host.lost');
      socket.send(JSON.stringify(frame));
    },
    onFrame(handler) {
      const onMessage = (data: unknown): void => handler(JSON.parse(String(data)));
      socket.on('message', onMessage);
      return () => socket.off('message', onMessage);
    },
    onClose(handler) {
      socket.on('close', handler);
      return () => socket.off('close', handler);
    },
  };
}

function listen<H>(handlers: Set<H>, handler: H): () => void {
  handlers.add(handler);
  return () => handlers.delete(handler);
}
