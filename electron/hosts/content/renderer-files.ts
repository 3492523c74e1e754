import { existsSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { GraftError } from '../../../shared/errors.ts';

export interface RendererFile {
  path: string;
  type: string;
  /** Its name carries a hash of its content, so it never changes. */
  immutable: boolean;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * The built renderer as a table from URL path to file. Only what stands in the table is served, so
 * no path, however it is written, leads out of the folder. Throws `host.not-built`.
 */
export function listRendererFiles(dir: string): Map<string, RendererFile> {
  const index = join(dir, 'index.html');
  if (!existsSync(index)) throw new GraftError('host.not-built', { path: index });
  const table = new Map<string, RendererFile>();
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    const type = types[extname(entry.name).toLowerCase()];
    if (!entry.isFile() || !type) continue;
    const path = join(entry.parentPath, entry.name);
    const url = `/${relative(dir, path).split(sep).join('/')}`;
    table.set(url, { path, type, immutable: url.startsWith('/assets/') });
  }
  table.set('/', { path: index, type: types['.html']!, immutable: false });
  return table;
}
