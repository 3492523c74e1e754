import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { createBridge, type ConnectionState } from '../../../renderer/bridge.ts';
import { openPreload } from '../../../renderer/transport-preload.ts';
import { openSocket } from '../../../renderer/transport-socket.ts';
import type { RequestFrame } from '../../../shared/contract/wire.ts';

/** A real WebSocket server whose answers a test gives. */
interface Host {
  url: string;
  server: WebSocketServer;
  answer: (request: RequestFrame, socket: ServerSocket) => void;
}

const hosts: Host[] = [];

async function startHost(port = 0): Promise<Host> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  const host: Host = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    server,
    answer: (request, socket) => socket.send(JSON.stringify({ id: request.id, result: null })),
  };
  server.on('connection', (socket) =>
    socket.on('message', (data) => host.answer(JSON.parse(String(data)) as RequestFrame, socket)),
  );
  hosts.push(host);
  return host;
}

function stopHost(host: Host): Promise<void> {
  for (const client of host.server.clients) client.terminate();
  return new Promise((resolve) => host.server.close(() => resolve()));
}

function stateReached(transport: ReturnType<typeof openSocket>, wanted: ConnectionState): Promise<void> {
  return new Promise((resolve) => transport.onState((state) => state === wanted && resolve()));
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map(stopHost));
});

describe('the bridge over a WebSocket', () => {
  it('gives results that follow the contract and refuses others', async () => {
    const host = await startHost();
    const bridge = createBridge(openSocket(host.url));
    host.answer = ({ id, method }, socket) =>
      socket.send(
        JSON.stringify({ id, result: method === 'app.settings' ? { theme: 'dark', language: 'zh' } : [{}] }),
      );
    expect(await bridge.call('app.settings', {})).toMatchObject({ theme: 'dark', language: 'zh' });
    await expect(bridge.call('jobs.list', {})).rejects.toMatchObject({ code: 'internal' });
  });

  it('gives errors their code and values', async () => {
    const host = await startHost();
    const bridge = createBridge(openSocket(host.url));
    host.answer = ({ id }, socket) =>
      socket.send(JSON.stringify({ id, error: { code: 'file.missing', params: { path: '/x' } } }));
    await expect(bridge.call('projects.open', { path: '/x' })).rejects.toMatchObject({
      code: 'file.missing',
      params: { path: '/x' },
    });
  });

  it('rejects calls under way when the connection is lost, and connects again by itself', async () => {
    const host = await startHost();
    const port = (host.server.address() as AddressInfo).port;
    const transport = openSocket(host.url);
    const bridge = createBridge(transport);
    await stateReached(transport, 'open');
    host.answer = (_, socket) => socket.terminate();
    await expect(bridge.call('app.settings', {})).rejects.toMatchObject({ code: 'host.lost' });
    await stopHost(host);
    await expect(bridge.call('app.settings', {})).rejects.toMatchObject({ code: 'host.lost' });

    const heard = new Promise((resolve) => bridge.on('zoo.changed', resolve));
    const again = stateReached(transport, 'open');
    const next = await startHost(port);
    next.answer = ({ id }, socket) =>
      socket.send(JSON.stringify({ id, result: { theme: 'light', language: null } }));
    await again;
    expect(await bridge.call('app.settings', {})).toMatchObject({ theme: 'light' });
    for (const client of next.server.clients)
      client.send(JSON.stringify({ event: 'zoo.changed', payload: {} }));
    expect(await heard).toEqual({});
  });
});

describe('the bridge over the preload', () => {
  it('unwraps results, rejects with errors, and knows where dropped files lie', async () => {
    const preload = {
      call: (method: string) =>
        Promise.resolve(
          method === 'projects.close' ? { result: null } : { error: { code: 'project.none', params: {} } },
        ),
      on: () => () => undefined,
      pathForFile: (file: File) => `/pictures/${file.name}`,
    };
    const bridge = createBridge(openPreload(preload), preload);
    expect(await bridge.call('projects.close', {})).toBeNull();
    await expect(bridge.call('runs.list', {})).rejects.toMatchObject({ code: 'project.none' });
    expect(bridge.pathForFile(new File([], 'a.jpg'))).toBe('/pictures/a.jpg');
  });
});
