import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import type { LabClient } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { serveLab } from '../../../shared/session.ts';
import { createContent, plain } from '../content/content.ts';
import type { AssetSource, Content, Served } from '../content/content.ts';
import { Access, comesFromOwnPage, isNotCrossSite, namesThisComputer } from './access.ts';
import { socketChannel } from './socket.ts';

const LOOPBACK = '127.0.0.1';
/** One frame: room for the largest picture `predict.images` takes as base64, and its wrapping. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

export interface ServerOptions {
  lab: LabClient & AssetSource;
  rendererDir: string;
  /** 0 or left out: any free port. */
  port?: number;
}

export interface LocalServer {
  readonly port: number;
  /** An address that opens Graft once; each call makes a new one. */
  newAddress(): string;
  close(): Promise<void>;
}

/** Serves Graft to browsers of this computer alone. Throws `host.port-taken` and `host.not-built`. */
export async function startServer({ lab, rendererDir, port = 0 }: ServerOptions): Promise<LocalServer> {
  const content = createContent(rendererDir, lab);
  const server = createServer();
  const bound = await listen(server, port);
  const access = new Access(bound);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });

  server.on('request', (request, response) => {
    void decide(request, access, content)
      .catch((error: unknown) => plain(500, String(error)))
      .then((served) => send(served, request, response));
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    if (!mayConnect(request, access)) return refuse(socket);
    sockets.handleUpgrade(request, socket, head, (client) => {
      // An oversized frame ends the connection by itself; the error must only not end the process.
      client.on('error', () => client.terminate());
      serveLab(lab, socketChannel(client));
    });
  });

  return {
    port: bound,
    newAddress: () => `http://${LOOPBACK}:${bound}/?token=${access.issueToken()}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function decide(request: IncomingMessage, access: Access, content: Content): Promise<Served> {
  const { headers } = request;
  if (!namesThisComputer(headers)) return plain(403, 'Graft answers this computer only.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET is answered here.');
  const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
  const token = url.searchParams.get('token');
  if (url.pathname === '/' && token !== null) {
    const cookie = access.redeem(token);
    if (cookie)
      return { status: 303, headers: { 'Set-Cookie': cookie, Location: '/', 'Cache-Control': 'no-store' } };
  }
  if (!access.holdsCookie(headers)) return plain(401, howToGetIn);
  if (url.pathname !== '/' && !isNotCrossSite(headers)) return plain(403, 'Not for other sites.');
  return content(url.pathname, headers['if-none-match']);
}

const howToGetIn =
  'This address was used already, or belongs to another session.\n' +
  'Open Graft with the address its terminal shows; press Enter there for a new one.\n\n' +
  '此地址已被使用，或属于其他会话。\n请使用终端中显示的地址打开 Graft；在终端按回车键可获得新地址。\n';

async function send(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(served.status, served.headers);
  if (request.method === 'HEAD' || served.file === undefined) {
    response.end(request.method === 'HEAD' ? undefined : served.text);
    return;
  }
  // A reader that goes away, or a file that does, ends this one answer and nothing else.
  await pipeline(createReadStream(served.file), response).catch(() => response.destroy());
}

function mayConnect(request: IncomingMessage, access: Access): boolean {
  const { headers, url } = request;
  return (
    url === '/ws' && namesThisComputer(headers) && comesFromOwnPage(headers) && access.holdsCookie(headers)
  );
}

function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' ? new GraftError('host.port-taken', { port }) : error),
    );
    server.listen(port, LOOPBACK, done);
  });
  return (server.address() as AddressInfo).port;
}
