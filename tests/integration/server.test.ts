import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openLab } from '../../electron/hosts/open-lab.ts';
import { startServer } from '../../electron/hosts/server/server.ts';
import type { LocalServer } from '../../electron/hosts/server/server.ts';
import type { Lab } from '../../electron/lab/lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'graft-server-'));
const rendererDir = join(folder, 'renderer');
let lab: Lab;
let server: LocalServer;
let cookie: string;

beforeAll(async () => {
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<title>Graft</title>');
  writeFileSync(join(folder, 'secret.json'), '"secret"');
  process.env.GRAFT_DATA_DIR = join(folder, 'data');
  lab = openLab({ host: 'browser' });
  server = await startServer({ lab, rendererDir });
  cookie = await enter();
});

afterAll(async () => {
  await server.close();
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A request as it stands: `fetch` would tidy up the path and forbid the headers under test. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

const inside = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(path, { cookie, ...headers });

async function enter(address = server.newAddress()): Promise<string> {
  const { headers } = await ask(new URL(address).pathname + new URL(address).search);
  return headers['set-cookie']![0]!.split(';')[0]!;
}

async function connect(headers: Record<string, string>, path = '/ws'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
  await once(socket, 'open');
  return socket;
}

const origin = (): string => `http://127.0.0.1:${server.port}`;

describe('getting in', () => {
  it('takes a token once, and then leads to an address without it', async () => {
    const { search } = new URL(server.newAddress());
    const first = await ask(`/${search}`);
    expect(first).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(first.headers['set-cookie']![0]).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await ask(`/${search}`)).status).toBe(401);
  });

  it('shows nothing to one without the cookie, and says how to get in', async () => {
    for (const path of ['/', '/assets/x.js', '/asset/thumb/1']) expect((await ask(path)).status).toBe(401);
    expect((await ask('/')).body).toMatch(/press Enter/);
    expect((await ask('/', { cookie: `graft-${server.port}=guess` })).status).toBe(401);
  });

  it('listens on this computer alone', async () => {
    expect(server.newAddress()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  });

  it('names a port that is taken', async () => {
    const second = startServer({ lab, rendererDir, port: server.port });
    await expect(second).rejects.toMatchObject({ code: 'host.port-taken', params: { port: server.port } });
  });
});

describe('pages', () => {
  it('come with the policy', async () => {
    const page = await inside('/');
    expect(page).toMatchObject({ status: 200, body: '<title>Graft</title>' });
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['x-frame-options']).toBe('DENY');
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '//secret.json',
    '/./../../../../etc/passwd',
  ])('never leave the folder (%s)', async (path) => {
    const { status, body } = await inside(path);
    expect([200, 404]).toContain(status);
    expect(body).not.toContain('secret"');
    expect(body).not.toContain('root:');
  });

  it('are refused to a rebound name, another site and another verb', async () => {
    expect((await inside('/', { host: 'evil.example' })).status).toBe(403);
    expect((await inside('/', { host: `127.0.0.1.nip.io:${server.port}` })).status).toBe(403);
    expect((await inside('/asset/thumb/1', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask('/', { cookie }, 'POST')).status).toBe(405);
    expect((await inside('/', { host: `localhost:${server.port + 1}` })).status).toBe(200);
  });

  it('of pictures that are not there say so', async () => {
    expect((await inside('/asset/thumb/1')).status).toBe(404);
  });
});

describe('the socket', () => {
  it('opens for the own page with the cookie', async () => {
    const socket = await connect({ cookie, origin: origin() });
    socket.send(JSON.stringify({ id: 3, method: 'app.settings', params: {} }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(data))).toMatchObject({ id: 3, result: { theme: 'system' } });
    socket.close();
  });

  it.each([
    ['without the cookie', () => ({ origin: origin() }), '/ws'],
    ['without an origin', () => ({ cookie }), '/ws'],
    ['from another site', () => ({ cookie, origin: 'https://evil.example' }), '/ws'],
    ['from another port', () => ({ cookie, origin: 'http://127.0.0.1:1' }), '/ws'],
    ['under a rebound name', () => ({ cookie, host: 'evil.example', origin: 'http://evil.example' }), '/ws'],
    ['at another path', () => ({ cookie, origin: origin() }), '/other'],
  ])('stays shut %s', async (_, headers, path) => {
    await expect(connect(headers(), path)).rejects.toThrow(/403/);
  });

  it.each([
    ['a frame over the cap', () => Buffer.alloc(64 * 1024 * 1024 + 1, 32).toString(), [1006, 1009]],
    ['what is not JSON', () => '{"id":', [1007]],
    ['binary data', () => Buffer.from([1, 2, 3]), [1003]],
  ])('closes on %s, and the server goes on', async (_, data, codes) => {
    const socket = await connect({ cookie, origin: origin() });
    socket.on('error', () => undefined);
    socket.send(data());
    const [code] = (await once(socket, 'close')) as [number];
    expect(codes).toContain(code);
    expect((await inside('/')).status).toBe(200);
  });
});

describe('closing', () => {
  it('lets go of its port and of every connection', async () => {
    const other = await startServer({ lab, rendererDir });
    const entered = await fetch(other.newAddress(), { redirect: 'manual' });
    const own = entered.headers.get('set-cookie')!.split(';')[0]!;
    const headers = { cookie: own, origin: `http://127.0.0.1:${other.port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/ws`, { headers });
    await once(socket, 'open');
    const gone = once(socket, 'close');
    await other.close();
    await gone;
    const again = await startServer({ lab, rendererDir, port: other.port });
    expect(again.port).toBe(other.port);
    await again.close();
  });
});
