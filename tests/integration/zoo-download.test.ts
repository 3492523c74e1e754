import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Job, PublishedWeights } from '../../shared/contract/index.ts';
import { sendFile, startServer } from '../unit/lab/downloads/file-server.ts';
import { labForThisFile, nextEvent } from './real-lab.ts';

/** The way of a published file into the library, with a mirror on this computer in the publisher's place. */

const shared = join(import.meta.dirname, '../../../shared/weights');
const real = join(shared, 'mobilenet_2_5_224_tf_no_top.rebuilt.h5');
/** Its publisher states neither size nor hash, so that a rebuilt copy may stand for it. */
const file = 'mobilenet_2_5_224_tf_no_top.h5';

let content = Buffer.from('not here');
const mirror = await startServer((request, response) => sendFile(request, response, content));
afterAll(mirror.close);
beforeEach(() => void mirror.requests.splice(0));

const { lab, dataDir } = labForThisFile(1, { mirror: mirror.address });

async function download(arch: string, name: string): Promise<Job> {
  const ends: Job[] = [];
  const stop = lab.on('job.changed', (job) => job.status !== 'running' && ends.push(job));
  const { job: id } = await lab.call('zoo.download', { arch, file: name });
  const isEnd = (job: Job) => job.id === id && job.status !== 'running';
  const end = ends.find(isEnd) ?? (await nextEvent(lab, 'job.changed', isEnd));
  stop();
  return end;
}

/** Sockets that this process opens towards anybody until the test ends. */
function countSockets(): { opened: number } {
  const count = { opened: 0 };
  const onSocket = () => void count.opened++;
  subscribe('net.client.socket', onSocket);
  onTestFinished(() => void unsubscribe('net.client.socket', onSocket));
  return count;
}

async function published(arch: string, name: string): Promise<PublishedWeights> {
  const row = (await lab.call('zoo.list', {})).find(({ id }) => id === arch);
  const found = row?.published.find((candidate) => candidate.file === name);
  if (!found) throw new Error(`No ${name} of ${arch}`);
  return found;
}

describe('a download', () => {
  it.skipIf(!existsSync(real))(
    'ends in the library, and leaves nothing else (needs ../shared/weights)',
    async () => {
      content = readFileSync(real);
      const sockets = countSockets();
      const end = await download('mobilenet', file);
      expect(end).toMatchObject({ status: 'done', kind: 'weights', subject: file, phase: 'weights' });
      expect(end.result).toMatchObject({ arch: 'mobilenet', alpha: 0.25, source: file });
      expect(mirror.requests).toMatchObject([{ url: `/${file}` }]);
      expect(sockets.opened).toBe(1);
      expect(readdirSync(join(dataDir, 'downloads'))).toEqual([]);
      const row = (await lab.call('zoo.list', {})).find(({ id }) => id === 'mobilenet');
      expect(row?.installed).toMatchObject([{ alpha: 0.25, source: file }]);
    },
  );

  it('of another content than published fails by its hash, and nothing is kept', async () => {
    const name = 'resnet50-0676ba61.pth';
    content = Buffer.from('something else');
    const end = await download('resnet50_torch', name);
    expect(end).toMatchObject({
      status: 'failed',
      error: { code: 'download.hash-mismatch', params: { algorithm: 'sha256', expected: '0676ba61' } },
    });
    expect(readdirSync(join(dataDir, 'downloads'))).toEqual([]);
  });

  it('of what nobody publishes is refused', async () => {
    const unknown = lab.call('zoo.download', { arch: 'mobilenet', file: '../../etc/passwd' });
    await expect(unknown).rejects.toMatchObject({ code: 'download.unknown' });
    await expect(lab.call('zoo.download', { arch: 'alexnet', file })).rejects.toMatchObject({
      code: 'zoo.unknown',
    });
  });
});

describe('offline', () => {
  it('opens no socket, and says what to fetch by hand and where to put it', async () => {
    await lab.call('app.setSettings', { offline: true });
    const sockets = countSockets();
    const { url } = await published('mobilenet', file);
    await expect(lab.call('zoo.download', { arch: 'mobilenet', file })).rejects.toMatchObject({
      code: 'download.offline',
      params: { file, url, inbox: join(dataDir, 'inbox') },
    });
    await lab.call('zoo.inbox', {});
    expect(sockets.opened).toBe(0);
    expect(mirror.requests).toEqual([]);
    await lab.call('app.setSettings', { offline: false });
  });
});

describe('the inbox', () => {
  it.skipIf(!existsSync(real))('is imported on demand, and once (needs ../shared/weights)', async () => {
    const { path } = await lab.call('zoo.inbox', {});
    copyFileSync(real, join(path, file));
    writeFileSync(join(path, 'letter.h5'), 'Dear friend');
    mkdirSync(join(path, 'folder'));
    const first = await lab.call('zoo.inbox', {});
    expect(first).toMatchObject({
      imported: [{ file, entry: { arch: 'mobilenet', alpha: 0.25 } }],
      failed: [
        { file: 'folder', error: { code: 'weights.missing-part' } },
        { file: 'letter.h5', error: { code: 'weights.not-weights' } },
      ],
    });
    expect(await lab.call('zoo.inbox', {})).toMatchObject({ imported: [], known: [file] });
  });

  it('checks a file with a published name against the published hash', async () => {
    const { path } = await lab.call('zoo.inbox', {});
    const name = 'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5';
    writeFileSync(join(path, name), 'Dear friend');
    const { failed } = await lab.call('zoo.inbox', {});
    expect(failed).toContainEqual({
      file: name,
      error: { code: 'download.hash-mismatch', params: expect.objectContaining({ algorithm: 'md5' }) },
    });
  });
});
