import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GraftError } from '../../../shared/errors.ts';
import { copyInto } from '../../../electron/lab/items/copies.ts';
import { absolutePath, storedPath } from '../../../electron/lab/items/item-paths.ts';
import { freshFolder } from '../store/a-project.ts';
import { aLab, labWithItems, nextEvent } from './a-lab.ts';

describe.skipIf(process.platform === 'win32')('stored paths', () => {
  const project = '/home/ada/graft/leaves';
  test.each([
    ['/home/ada/graft/leaves/items/a.jpg', 'items/a.jpg'],
    ['/home/ada/graft/photos/кошка.jpg', '../photos/кошка.jpg'],
    ['/home/ada/graft/leaves/..odd/a.jpg', '..odd/a.jpg'],
    ['/home/ada/pictures/a.jpg', '/home/ada/pictures/a.jpg'],
    ['/media/stick/a.jpg', '/media/stick/a.jpg'],
  ])('%s is kept as %s and leads back', (path, stored) => {
    expect(storedPath(project, path)).toBe(stored);
    expect(absolutePath(project, stored)).toBe(path);
  });

  test('a project at the root of a disk has nothing beside it', () => {
    expect(storedPath('/leaves', '/photos/a.jpg')).toBe('/photos/a.jpg');
  });
});

describe('copies', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  test('different files of one name both stay, the same file is there once, and nothing else is left', async () => {
    const folder = freshFolder();
    const [a, b] = ['a', 'b'].map((name) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'photo.jpg'), name);
      return join(folder, name, 'photo.jpg');
    });
    const items = join(folder, 'items');
    expect(await copyInto(items, a!, sha256('a'))).toBe(join(items, 'photo.jpg'));
    expect(await copyInto(items, b!, sha256('b'))).toBe(join(items, 'photo-2.jpg'));
    expect(await copyInto(items, a!, sha256('a'))).toBe(join(items, 'photo.jpg'));
    expect(await copyInto(items, b!, sha256('b'))).toBe(join(items, 'photo-2.jpg'));
    expect(readdirSync(items).sort()).toEqual(['photo-2.jpg', 'photo.jpg']);
    expect(readFileSync(join(items, 'photo-2.jpg'), 'utf8')).toBe('b');
  });

  test.skipIf(process.platform !== 'linux')(
    'a name at the limit of the file system is shortened, not refused',
    async () => {
      const folder = freshFolder();
      const long = join(folder, `${'ж'.repeat(125)}.jpg`);
      writeFileSync(long, 'a');
      const copy = await copyInto(join(folder, 'items'), long, sha256('a'));
      expect(copy).toMatch(/ж{100}-1\.jpg$/);
      expect(await copyInto(join(folder, 'items'), long, sha256('a'))).toBe(copy);
    },
  );
});

describe('thumbnails', () => {
  test('are made once for all who ask, the newest request first', async () => {
    const { lab, media, ids, dir } = await labWithItems();
    const asked = ids.slice(0, 6).map((id) => lab.asset('thumb', id));
    const twice = lab.asset('thumb', ids[0]!);
    const order: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { params, resolve } = await media.next('thumbnail');
      order.push(params.path.slice(dir.length + 7));
      resolve(null);
    }
    await Promise.all(asked);
    expect(await twice).toEqual(await asked[0]);
    expect([...order].sort()).toEqual(['0.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg']);
    // Four are drawn at once; of the two that had to wait the later one goes first.
    expect(order.indexOf('5.jpg')).toBeLessThan(order.indexOf('4.jpg'));
    await expect(lab.asset('thumb', 999)).rejects.toMatchObject({ code: 'item.unknown' });
  });
});

describe('imports', () => {
  test('a picture that kills the decoder is broken; the others of its batch are taken', async () => {
    const { lab, media, folder } = await labWithItems();
    const paths = ['a.jpg', 'fatal.jpg', 'c.jpg'].map((name) => join(folder, name));
    const ended = nextEvent(
      lab,
      'job.changed',
      ({ kind, status }) => kind === 'import' && status !== 'running',
    );
    await lab.call('items.import', { path: folder, collection: 'new' });
    const scan = await media.next('scan');
    scan.progress({ entries: paths.map((path) => ({ path, label: 'cat', split: null })), skipped: [] });
    scan.resolve({ entries: 3, skipped: 0 });
    (await media.next('inspect')).reject(new GraftError('engine.lost'));
    for (const path of paths) {
      const call = await media.next('inspect');
      expect(call.params.paths).toEqual([path]);
      if (path.endsWith('fatal.jpg')) call.reject(new GraftError('engine.lost'));
      else {
        const facts = { width: 9, height: 9, bytes: 9, format: 'jpeg', sha256: path, dhash: '' };
        call.progress({ inspected: [{ path, broken: null, warnings: [], ...facts }] });
        call.resolve(null);
      }
    }
    expect(await ended).toMatchObject({ status: 'done', result: { added: 3, broken: 1 } });
    const filter = { collections: ['new'], statuses: ['broken' as const] };
    const { items } = await lab.call('items.list', { filter, offset: 0, limit: 9 });
    expect(items).toMatchObject([{ name: 'fatal.jpg', reasons: ['corrupt'] }]);
  });

  test('a cancelled import keeps what it has, and says that it was cancelled', async () => {
    const { lab, media, folder } = await labWithItems();
    const ended = nextEvent(lab, 'job.changed', ({ status }) => status !== 'running');
    const { job } = await lab.call('items.import', { path: folder });
    const scan = await media.next('scan');
    await lab.call('jobs.cancel', { id: job });
    expect(scan.controls).toEqual(['cancel']);
    expect(await ended).toMatchObject({ id: job, status: 'cancelled' });
    await lab.call('jobs.dismiss', { id: job });
    expect(await lab.call('jobs.list', {})).toEqual([]);
  });
});

describe('splitting', () => {
  /** 24 items of two classes from a manifest: six patients with two pictures of either class. */
  async function clinic() {
    const test = aLab();
    const { lab, media, folder } = test;
    await lab.call('projects.create', { path: join(folder, 'scans'), name: 'Scans' });
    const paths = Array.from({ length: 24 }, (_, at) => join(folder, `visit-${at % 4}`, `p${at}_a.png`));
    const done = nextEvent(lab, 'job.changed', ({ kind, status }) => kind === 'import' && status === 'done');
    await lab.call('items.import', { path: join(folder, 'table.csv') });
    const scan = await media.next('scan');
    const entries = paths.map((path, at) => ({
      path,
      label: at % 2 ? 'ill' : 'well',
      split: null,
      attributes: { patient: `P${Math.floor(at / 4)}` },
    }));
    scan.progress({ entries, skipped: [] });
    scan.resolve({ entries: 24, skipped: 0 });
    const inspect = await media.next('inspect');
    const facts = { broken: null, warnings: [], width: 9, height: 9, bytes: 9, format: 'png', dhash: '' };
    inspect.progress({ inspected: paths.map((path) => ({ ...facts, path, sha256: path })) });
    inspect.resolve(null);
    await done;
    return lab;
  }

  test('a column of the manifest is offered with its groups, shown as counts first, and keeps patients whole', async () => {
    const lab = await clinic();
    expect(await lab.call('items.attributes', {})).toEqual([{ name: 'patient', values: 6, items: 24 }]);
    const { settings, groupings } = await lab.call('items.splitChoices', {});
    expect(settings).toMatchObject({ train: 0.7, near: true, by: [] });
    expect(groupings.map(({ grouping, groups }) => [grouping, groups])).toEqual([
      [{ from: 'attribute', name: 'patient' }, 6],
      [{ from: 'folder', level: 1 }, 4],
    ]);
    const request = {
      train: 0.5,
      validation: 0.25,
      test: 0.25,
      by: [{ from: 'attribute' as const, name: 'patient' }],
    };
    const before = (await lab.call('projects.current', {}))!.splitTable;
    const preview = await lab.call('items.previewSplit', request);
    expect((await lab.call('projects.current', {}))!.splitTable).toEqual(before);
    expect(preview.groups).toEqual({ count: 6, items: 24, largest: 4 });
    const { project, preview: done } = await lab.call('items.resplit', request);
    expect(done).toEqual(preview);
    expect(project.splitTable).toEqual(preview.table);
    const { items } = await lab.call('items.list', { offset: 0, limit: 100 });
    const patientOf = (name: string) => Math.floor(Number(/\d+/.exec(name)![0]) / 4);
    for (const [, members] of Map.groupBy(items, ({ name }) => patientOf(name))) {
      expect(new Set(members.map(({ split }) => split)).size).toBe(1);
    }
    expect((await lab.call('items.splitChoices', {})).settings).toMatchObject({ train: 0.5, by: request.by });
  });
});
