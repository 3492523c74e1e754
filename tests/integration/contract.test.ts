import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../electron/hosts/open-lab.ts';
import type { Lab } from '../../electron/lab/lab.ts';
import { events, methods } from '../../shared/contract/index.ts';
import type { EventName, EventPayload, Job, LabClient } from '../../shared/contract/index.ts';
import { connectLab } from '../../shared/session.ts';
import { transports } from './contract-transports.ts';
import type { Connection, Transport } from './contract-transports.ts';

/** One suite for every way to reach the lab: what holds over one transport holds over all. */
describe.each(Object.entries(transports))('the contract over %s', (name, openTransport) => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-contract-'));
  let lab: Lab;
  let transport: Transport;
  let connection: Connection;
  let client: LabClient;

  beforeAll(async () => {
    process.env.GRAFT_DATA_DIR = join(folder, 'data');
    lab = openLab({ host: 'browser' });
    transport = await openTransport(lab, folder);
    connection = await transport.open();
    client = connectLab(connection.channel);
  });

  afterAll(async () => {
    await transport.close();
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const next = <E extends EventName>(
    event: E,
    fits: (payload: EventPayload<E>) => boolean = () => true,
  ): Promise<EventPayload<E>> =>
    new Promise((resolve) => {
      const stop = client.on(event, (payload) => {
        if (!fits(payload)) return;
        stop();
        resolve(payload);
      });
    });

  it('answers a call with what the contract says', async () => {
    const info = methods['app.info'].result.parse(await client.call('app.info', {}));
    expect(info).toMatchObject({ host: 'browser', dataDir: join(folder, 'data') });
  });

  it('answers null where there is nothing', async () => {
    expect(await client.call('projects.current', {})).toBeNull();
  });

  it('answers many calls at once, each with its own result', async () => {
    const names = Array.from({ length: 40 }, (_, index) => join(folder, `folder-${index}`));
    names.forEach((path) => mkdirSync(path));
    const answers = await Promise.all(names.map((path) => client.call('app.listFolder', { path })));
    expect(answers.map(({ path }) => path)).toEqual(names);
  });

  it('carries names in any script', async () => {
    const { path } = await client.call('app.makeFolder', { parent: folder, name: '叶子 листья 🍃 "x"' });
    expect(path).toBe(join(folder, '叶子 листья 🍃 "x"'));
  });

  it('rejects what does not follow the contract, naming the field', async () => {
    const bad = client.call('app.setSettings', { theme: 'pink' } as never);
    await expect(bad).rejects.toMatchObject({
      code: 'request.invalid',
      params: { method: 'app.setSettings', detail: expect.stringContaining('theme') },
    });
  });

  it.each(['no.such', 'constructor', '__proto__'])('knows no method %s', async (method) => {
    await expect(client.call(method as never, {} as never)).rejects.toMatchObject({
      code: 'request.unknown',
      params: { method },
    });
  });

  it('brings an error of the lab with its parameters', async () => {
    const path = join(folder, 'nothing-here');
    await expect(client.call('app.listFolder', { path })).rejects.toMatchObject({
      name: 'GraftError',
      code: 'file.missing',
      params: { path },
    });
  });

  it('tells every client what happened, as the contract says', async () => {
    const second = await transport.open();
    const heard: unknown[] = [];
    const arrived = new Promise<void>((resolve) => {
      connectLab(second.channel).on('project.changed', (project) => {
        heard.push(project);
        resolve();
      });
    });
    const told = next('project.changed');
    await client.call('projects.create', { path: join(folder, 'project'), name: 'Leaves' });
    const project = events['project.changed'].parse(await told);
    await arrived;
    expect(project).toMatchObject({ name: 'Leaves', path: join(folder, 'project') });
    expect(heard[0]).toEqual(project);
    second.close();
  });

  it('goes silent for a listener that stopped', async () => {
    const heard: unknown[] = [];
    const stop = client.on('project.changed', (project) => heard.push(project));
    stop();
    const told = next('project.changed');
    await client.call('projects.rename', { name: 'Leaves 2' });
    await told;
    expect(heard).toEqual([]);
  });

  it('follows a job from its start to its result', async () => {
    const source = join(folder, 'pictures', 'oak');
    mkdirSync(source, { recursive: true });
    const picture = sharp({ create: { width: 32, height: 24, channels: 3, background: '#3a7' } });
    await Promise.all(['a.png', 'b.png'].map((file) => picture.clone().toFile(join(source, file))));
    const done: Promise<Job> = next('job.changed', ({ status }) => status !== 'running');
    const { job } = await client.call('items.import', { path: join(folder, 'pictures') });
    expect(await done).toMatchObject({ id: job, kind: 'import', status: 'done', result: { added: 2 } });
    const { items } = await client.call('items.list', { offset: 0, limit: 10 });
    expect(items.map((item) => [item.name, item.width, item.height])).toEqual([
      ['a.png', 32, 24],
      ['b.png', 32, 24],
    ]);
  });

  it('drops frames that are no requests, and goes on', async () => {
    const odd = await transport.open();
    for (const frame of [
      null,
      7,
      [],
      {},
      { id: -1, method: 'app.info' },
      { id: 'x', method: 'app.info', params: {} },
    ])
      odd.channel.send(frame);
    const info = await connectLab(odd.channel).call('app.info', {});
    expect(info.host).toBe('browser');
    odd.close();
  });

  it('fails calls that no answer can reach any more, and leaves the others connected', async () => {
    const doomed = await transport.open();
    const gone = connectLab(doomed.channel);
    const closed = new Promise<void>((resolve) => doomed.channel.onClose(resolve));
    const call = gone.call('app.restartEngine', {});
    doomed.close();
    await expect(call).rejects.toMatchObject({ code: 'host.lost' });
    await closed;
    await expect(gone.call('app.info', {})).rejects.toMatchObject({ code: 'host.lost' });
    expect((await client.call('app.info', {})).host, `still connected over ${name}`).toBe('browser');
  });
});
