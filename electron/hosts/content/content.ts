import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { GraftError, toGraftError } from '../../../shared/errors.ts';
import { listRendererFiles } from './renderer-files.ts';
import { pageHeaders, pictureHeaders } from './security.ts';

export const assetKinds = ['thumb', 'preview', 'image'] as const;
export type AssetKind = (typeof assetKinds)[number];

/** Where pictures of the open project come from: the lab. */
export interface AssetSource {
  asset(kind: AssetKind, id: number): Promise<{ path: string; type: string }>;
}

/** An HTTP answer without its transport: `file` is streamed by the host, `text` is sent as it is. */
export interface Served {
  status: number;
  headers: Record<string, string>;
  file?: string;
  text?: string;
}

/** Path of a URL and the validator the window already holds, as sent in `If-None-Match`. */
export type Content = (pathname: string, etag?: string | null) => Promise<Served>;

/** What a window may load: the built renderer, and `/asset/<thumb|preview|image>/<id>` from the lab. */
export function createContent(rendererDir: string, source: AssetSource): Content {
  const files = listRendererFiles(rendererDir);
  return async (pathname, etag) => {
    const asset = parseAsset(pathname);
    if (asset) return serveAsset(source, asset, etag);
    const file = files.get(pathname);
    if (!file) return plain(404, `Nothing is served at ${pathname}.`);
    const cache = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
    return {
      status: 200,
      headers: { ...pageHeaders, 'Content-Type': file.type, 'Cache-Control': cache },
      file: file.path,
    };
  };
}

export function plain(status: number, text: string): Served {
  return {
    status,
    headers: { ...pageHeaders, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    text,
  };
}

interface Asset {
  kind: AssetKind;
  id: number;
}

function parseAsset(pathname: string): Asset | null {
  const match = /^\/asset\/(thumb|preview|image)\/(\d{1,15})$/.exec(pathname);
  return match ? { kind: match[1] as AssetKind, id: Number(match[2]) } : null;
}

async function serveAsset(source: AssetSource, { kind, id }: Asset, known?: string | null): Promise<Served> {
  try {
    const { path, type } = await source.asset(kind, id);
    if (!type.startsWith('image/')) throw new GraftError('file.missing', { path });
    const { size, mtimeMs } = await stat(path);
    // Ids start anew in every project, so a cached picture is always asked about again.
    const version = createHash('sha256').update(`${path}\0${size}\0${mtimeMs}`).digest('base64url');
    const etag = `"${version}"`;
    const headers = { ...pictureHeaders, ETag: etag, 'Cache-Control': 'private, no-cache' };
    if (known === etag) return { status: 304, headers };
    return {
      status: 200,
      headers: { ...headers, 'Content-Type': type, 'Content-Length': String(size) },
      file: path,
    };
  } catch (error) {
    return plain(404, toGraftError(error).message);
  }
}
