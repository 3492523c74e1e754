import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchFile } from '../../../../electron/lab/downloads/fetch-file.ts';
import type { FetchOptions, Wanted } from '../../../../electron/lab/downloads/fetch-file.ts';
import { freshFolder } from '../../store/a-project.ts';
import { sendFile, serve } from './file-server.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
const hex = (algorithm: string) => createHash(algorithm).update(content).digest('hex');

/** What a test asks for: the file's own hash and length unless it says otherwise. */
function wanted(address: string, changes: Partial<Wanted> = {}): Wanted {
  return {
    url: `${address}/weights.h5`,
    path: join(freshFolder(), 'downloads', 'weights.h5'),
    bytes: content.length,
    checksum: { algorithm: 'sha256', value: hex('sha256') },
    ...changes,
  };
}

function options(changes: Partial<FetchOptions> = {}): FetchOptions {
  return {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    loopbackHttp: true,
    waits: [0, 0],
    ...changes,
  };
}

/** A part of `length` bytes of `from`, as an earlier try would have left it. */
function leavePart({ path, url }: Wanted, from: Buffer, length: number, validator = '"one"'): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.part`, from.subarray(0, length));
  writeFileSync(`${path}.part.json`, JSON.stringify({ url, validator }));
}

/** A server whose connections are cut where `nextStop` says, as soon as the bytes before that have been written. */
async function breakingServer(nextStop: () => number | undefined) {
  let held: { at: number; response: ServerResponse } | null = null;
  const server = await serve((request, response) => {
    const stopAt = nextStop() ?? Infinity;
    held = { at: stopAt, response };
    sendFile(request, response, content, { stopAt });
  });
  const cutAt = (done: number) => void (held?.at === done && held.response.destroy());
  return { server, cutAt };
}

const whatIsThere = ({ path }: Wanted) => [path, `${path}.part`, `${path}.part.json`].filter(existsSync);

describe('a download', () => {
  it('brings the file whole, tells how far it is, and leaves nothing beside it', async () => {
    const server = await serve((request, response) => sendFile(request, response, content));
    const file = wanted(server.address);
    const told: [string, number, number][] = [];
    await fetchFile(file, options({ onProgress: (...progress) => told.push(progress) }));
    expect(readFileSync(file.path).equals(content)).toBe(true);
    expect(whatIsThere(file)).toEqual([file.path]);
    expect(told[0]).toEqual(['download', 0, content.length]);
    expect(told.at(-2)).toEqual(['download', content.length, content.length]);
    expect(told.at(-1)?.[0]).toBe('verify');
  });

  it('goes on by itself where a connection breaks', async () => {
    const stops = [100_000, 200_000, Infinity];
    const { server, cutAt } = await breakingServer(() => stops.shift());
    const file = wanted(server.address);
    await fetchFile(file, options({ onProgress: (_, done) => cutAt(done) }));
    expect(readFileSync(file.path).equals(content)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(server.requests[1]?.ifRange).toBe('"one"');
  });

  it('that breaks too often is given up, kept, and gone on with the next time', async () => {
    let stopAt = 120_000;
    const { server, cutAt } = await breakingServer(() => stopAt);
    const file = wanted(server.address);
    const once = options({ waits: [], onProgress: (_, done) => cutAt(done) });
    await expect(fetchFile(file, once)).rejects.toMatchObject({
      code: 'download.cut-off',
      params: { file: 'weights.h5', received: 120_000 },
    });
    expect(statSync(`${file.path}.part`).size).toBe(120_000);
    stopAt = Infinity;
    await fetchFile(file, options());
    expect(server.requests.at(-1)?.range).toBe('bytes=120000-');
    expect(readFileSync(file.path).equals(content)).toBe(true);
  });

  it('starts anew when the file on the server has changed meanwhile', async () => {
    const server = await serve((request, response) =>
      sendFile(request, response, content, { etag: '"two"' }),
    );
    const file = wanted(server.address);
    leavePart(file, Buffer.alloc(5000), 5000);
    await fetchFile(file, options());
    expect(server.requests).toMatchObject([{ range: 'bytes=5000-', ifRange: '"one"' }]);
    expect(readFileSync(file.path).equals(content)).toBe(true);
  });

  it('asks for nothing more when all of it is here already', async () => {
    const server = await serve((request, response) => sendFile(request, response, content));
    const known = wanted(server.address);
    leavePart(known, content, content.length);
    await fetchFile(known, options());
    expect(server.requests).toEqual([]);
    const unknown = wanted(server.address, { bytes: null });
    leavePart(unknown, content, content.length);
    await fetchFile(unknown, options());
    expect(server.requests).toHaveLength(1);
    expect(readFileSync(unknown.path).equals(content)).toBe(true);
  });

  it('can be cancelled, and keeps what has come', async () => {
    const cancel = new AbortController();
    const server = await serve((_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      response.write(content.subarray(0, 50_000)); // And then nothing: only cancelling ends it.
    });
    const file = wanted(server.address);
    const onProgress: FetchOptions['onProgress'] = (_, done) => done >= 50_000 && cancel.abort('cancelled');
    await expect(fetchFile(file, options({ signal: cancel.signal, onProgress }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(statSync(`${file.path}.part`).size).toBe(50_000);
    expect(existsSync(file.path)).toBe(false);
  });

  it.each([
    ['md5', 32],
    ['sha256', 8],
  ] as const)('is held against a %s of %i digits', async (algorithm, digits) => {
    const server = await serve((request, response) => sendFile(request, response, content));
    const value = hex(algorithm).slice(0, digits);
    await fetchFile(wanted(server.address, { checksum: { algorithm, value } }), options());
    const wrong = wanted(server.address, { checksum: { algorithm, value: '0'.repeat(digits) } });
    await expect(fetchFile(wrong, options())).rejects.toMatchObject({
      code: 'download.hash-mismatch',
      params: { algorithm, expected: '0'.repeat(digits), received: value },
    });
    expect(whatIsThere(wrong)).toEqual([]);
  });
});

describe('a server that does not give the file', () => {
  const refused: [string, Parameters<typeof serve>[0], object][] = [
    ['has it not', (_, response) => response.writeHead(404).end(), { code: 'download.refused', params: { status: 404, file: 'weights.h5' } }],
    ['is overloaded', (_, response) => response.writeHead(503).end(), { code: 'download.refused', params: { status: 503 } }],
    ['has one of another length', (_, response) => response.end('a login page'), { code: 'download.wrong-length', params: { expected: content.length, received: 12 } }],
    [
      'sends without end',
      (_, response) => void response.write(Buffer.alloc(content.length + 1)),
      { code: 'download.wrong-length', params: { expected: content.length } },
    ],
    ['leads to plain http', (_, response) => response.writeHead(302, { location: 'http://example.org/x' }).end(), { code: 'download.insecure', params: { url: 'http://example.org/x' } }],
    ['leads to a file', (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(), { code: 'download.insecure' }],
    ['leads in circles', (_, response) => response.writeHead(302, { location: '/again' }).end(), { code: 'download.bad-answer' }],
    ['hangs up', (_, response) => response.destroy(), { code: 'download.unreachable' }],
  ]; // prettier-ignore

  it.each(refused)('because it %s', async (_, listener, error) => {
    const file = wanted((await serve(listener)).address);
    await expect(fetchFile(file, options())).rejects.toMatchObject(error);
    expect(whatIsThere(file)).toEqual([]);
  });

  it('because it answers with another part than asked for', async () => {
    const server = await serve((_, response) => {
      const range = `bytes 0-${content.length - 1}/${content.length}`;
      response.writeHead(206, { 'content-range': range, etag: '"one"' }).end(content);
    });
    const file = wanted(server.address);
    leavePart(file, content, 1000);
    await expect(fetchFile(file, options())).rejects.toMatchObject({
      code: 'download.bad-answer',
      params: { detail: 'bytes from 0 instead of 1000' },
    });
    expect(whatIsThere(file)).toEqual([]);
  });

  it('because nobody listens there', async () => {
    const file = wanted('http://127.0.0.1:9');
    await expect(fetchFile(file, options())).rejects.toMatchObject({
      code: 'download.unreachable',
      params: { host: '127.0.0.1:9', detail: 'ECONNREFUSED' },
    });
  });

  it('because plain http was not allowed', async () => {
    const server = await serve((request, response) => sendFile(request, response, content));
    const file = wanted(server.address);
    await expect(fetchFile(file, options({ loopbackHttp: false }))).rejects.toMatchObject({
      code: 'download.insecure',
    });
    expect(server.requests).toEqual([]);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full disk (needs /dev/full)', () => {
  it('is said in one sentence', async () => {
    const server = await serve((request, response) => sendFile(request, response, content));
    const file = wanted(server.address);
    mkdirSync(join(file.path, '..'), { recursive: true });
    symlinkSync('/dev/full', `${file.path}.part`);
    await expect(fetchFile(file, options())).rejects.toMatchObject({
      code: 'download.disk-full',
      params: { path: join(file.path, '..') },
    });
  });
});

it('a file that cannot fit on the disk is not begun', async () => {
  const bytes = 2 ** 60;
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': bytes });
    response.write('x');
  });
  const file = wanted(server.address, { bytes });
  await expect(fetchFile(file, options())).rejects.toMatchObject({
    code: 'download.disk-full',
    params: { needed: bytes },
  });
});
