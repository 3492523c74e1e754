import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createContent } from '../../../electron/hosts/content/content.ts';
import type { AssetKind } from '../../../electron/hosts/content/content.ts';
import { GraftError } from '../../../shared/errors.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'graft-content-'));
  mkdirSync(join(dir, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(dir, 'renderer', 'index.html'), '<title>Graft</title>');
  writeFileSync(join(dir, 'renderer', 'assets', 'app-1a2b.js'), 'export {}');
  writeFileSync(join(dir, 'secret.json'), '{}');
  writeFileSync(join(dir, 'picture.webp'), 'webp');
  return dir;
}

function open(dir = folder()) {
  const asked: [AssetKind, number][] = [];
  const content = createContent(join(dir, 'renderer'), {
    async asset(kind, id) {
      asked.push([kind, id]);
      if (id === 404) throw new GraftError('file.missing', { path: '/gone.jpg' });
      if (id === 500) return { path: join(dir, 'secret.json'), type: 'application/json' };
      return { path: join(dir, 'picture.webp'), type: 'image/webp' };
    },
  });
  return { dir, content, asked };
}

describe('the built renderer', () => {
  it('is served with a policy that forbids everything from elsewhere', async () => {
    const { content, dir } = open();
    const page = await content('/');
    expect(page).toMatchObject({ status: 200, file: join(dir, 'renderer', 'index.html') });
    expect(page.headers['Content-Security-Policy']).toMatch(/default-src 'none'.*script-src 'self';/);
    expect(page.headers['X-Content-Type-Options']).toBe('nosniff');
    expect(page.headers['Cache-Control']).toBe('no-cache');
    expect((await content('/assets/app-1a2b.js')).headers['Cache-Control']).toContain('immutable');
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..\\..\\secret.json',
    '//etc/passwd',
    '/assets/',
    '/assets/app-1a2b.js/',
    '/constructor',
  ])('does not serve %s', async (path) => {
    expect((await open().content(path)).status).toBe(404);
  });

  it('does not follow a link out of its folder', async () => {
    const dir = folder();
    symlinkSync(join(dir, 'secret.json'), join(dir, 'renderer', 'assets', 'link.json'));
    expect((await open(dir).content('/assets/link.json')).status).toBe(404);
  });

  it('says what to do when it is not built', () => {
    const empty = mkdtempSync(join(tmpdir(), 'graft-empty-'));
    expect(() => createContent(empty, { asset: () => Promise.reject(new Error()) })).toThrow(/npm run build/);
  });
});

describe('pictures of the project', () => {
  it('are served from the lab, to be asked about again next time', async () => {
    const { content, asked } = open();
    const first = await content('/asset/thumb/12');
    expect(asked).toEqual([['thumb', 12]]);
    expect(first).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'image/webp', 'Content-Length': '4' },
    });
    const again = await content('/asset/thumb/12', first.headers.ETag);
    expect(again).toMatchObject({ status: 304 });
    expect(again.file).toBeUndefined();
  });

  it('cannot act as a page of their own', async () => {
    expect((await open().content('/asset/image/1')).headers['Content-Security-Policy']).toContain('sandbox');
  });

  it.each(['/asset/thumb/404', '/asset/image/500', '/asset/other/1', '/asset/thumb/x', '/asset/thumb/-1'])(
    '%s is not there',
    async (path) => expect((await open().content(path)).status).toBe(404),
  );
});
