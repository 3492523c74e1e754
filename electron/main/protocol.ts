import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Protocol } from 'electron';
import { plain } from '../hosts/content/content.ts';
import type { Content, Served } from '../hosts/content/content.ts';
import { isOwnPage, SCHEME } from './origin.ts';

/** Must run before the app is ready. */
export function declareScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Serves the window its files and pictures under `app://graft/`, the same ones a browser is served. */
export function serveContent(protocol: Pick<Protocol, 'handle'>, content: Content): void {
  protocol.handle(SCHEME, async (request) => {
    if (!isOwnPage(request.url)) return toResponse(plain(404, 'Nothing is served there.'));
    const { pathname } = new URL(request.url);
    return toResponse(await content(pathname, request.headers.get('If-None-Match')));
  });
}

function toResponse({ status, headers, file, text }: Served): Response {
  const body = file === undefined ? (text ?? null) : Readable.toWeb(createReadStream(file));
  return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers });
}
