import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { httpGet } from '../../../../electron/lab/downloads/http-get.ts';

it('a download goes through the proxy that HTTPS_PROXY names', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  onTestFinished(() => void proxy.close());
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  vi.stubEnv('https_proxy', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const options = { headers: {}, signal: new AbortController().signal, loopbackHttp: false };
  await expect(httpGet('https://example.org/weights.h5', options)).rejects.toMatchObject({
    host: 'example.org',
  });
  expect(asked).toEqual(['example.org:443']);
});
