import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on this computer. */
export interface FileServer {
  /** Without a slash at the end. */
  address: string;
  /** What was asked of it, in order. */
  requests: { url: string; range: string | undefined; ifRange: string | undefined }[];
  close(): void;
}

/** A server for the length of a test. */
export async function serve(listener: RequestListener): Promise<FileServer> {
  const server = await startServer(listener);
  onTestFinished(server.close);
  return server;
}

export async function startServer(listener: RequestListener): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    requests.push({ url: request.url ?? '', range, ifRange: ifRange as string | undefined });
    listener(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}

/**
 * Answers as a file server does: whole, or the rest from where it is asked, if the file is still the same.
 * With `stopAt` it falls silent at that byte of the file, and the connection stays open.
 */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  { etag = '"one"', stopAt = Infinity }: { etag?: string; stopAt?: number } = {},
): void {
  const start = request.headers['if-range'] === etag ? startOf(request.headers.range) : 0;
  if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const rest = content.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    etag,
    'content-length': rest.length,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
  });
  if (start + rest.length <= stopAt) response.end(rest);
  else response.write(content.subarray(start, stopAt));
}

const startOf = (range: string | undefined): number => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
