import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MethodName } from '../../../shared/contract/index.ts';
import { methods } from '../../../shared/contract/index.ts';
import { aLab, labWithItems, nextEvent } from './a-lab.ts';

test('an unknown method and bad parameters are refused, naming the method and the field', async () => {
  const { lab } = aLab();
  await expect(lab.call('projects.steal' as MethodName, {})).rejects.toMatchObject({
    code: 'request.unknown',
    params: { method: 'projects.steal' },
  });
  await expect(lab.call('toString' as MethodName, {})).rejects.toMatchObject({ code: 'request.unknown' });
  await expect(lab.call('items.list', { offset: 0, limit: 0 })).rejects.toMatchObject({
    code: 'request.invalid',
    params: { method: 'items.list', detail: expect.stringContaining('limit') },
  });
  await expect(lab.call('projects.open', undefined as never)).rejects.toMatchObject({
    code: 'request.invalid',
  });
});

test('what needs a project says so while none is open', async () => {
  const { lab } = aLab();
  await expect(lab.call('runs.list', {})).rejects.toMatchObject({ code: 'project.closed' });
  await expect(lab.asset('thumb', 1)).rejects.toMatchObject({ code: 'project.closed' });
  expect(await lab.call('projects.current', {})).toBeNull();
});

test('what handlers answer fits the contract', async () => {
  const { lab, ids } = await labWithItems();
  const calls: [MethodName, unknown][] = [
    ['app.info', {}],
    ['app.settings', {}],
    ['app.pick', { kind: 'folder', title: 'x' }],
    ['app.listFolder', { path: '' }],
    ['projects.current', {}],
    ['projects.recent', {}],
    ['projects.rename', { name: 'New name' }],
    ['items.list', { offset: 0, limit: 5 }],
    ['items.get', { ids }],
    ['items.label', { ids: [ids[0]], classId: null }],
    ['items.undo', {}],
    ['items.redo', {}],
    ['items.exclude', { ids, excluded: true }],
    ['classes.create', { name: 'bird' }],
    ['classes.rename', { id: 1, name: 'Cat' }],
    ['jobs.list', {}],
    ['runs.list', {}],
  ];
  for (const [method, params] of calls) {
    const result = await lab.call(method, params as never);
    expect(methods[method].result.safeParse(result), method).toMatchObject({ success: true });
  }
});

test('recent projects are remembered, found missing, and forgotten', async () => {
  const { lab, folder } = aLab();
  const path = join(folder, 'a');
  await lab.call('projects.create', { path, name: 'A' });
  await lab.call('projects.create', { path: join(folder, 'b'), name: 'B' });
  await lab.call('projects.open', { path: join(path, 'graft.db') });
  const recent = await lab.call('projects.recent', {});
  expect(recent.map(({ name, present }) => [name, present])).toEqual([
    ['A', true],
    ['B', true],
  ]);
  await lab.call('projects.forget', { path });
  expect((await lab.call('projects.recent', {})).map(({ name }) => name)).toEqual(['B']);
});

test('a project that cannot be opened leaves the open one open', async () => {
  const { lab, dir, folder } = await labWithItems();
  await expect(lab.call('projects.open', { path: folder })).rejects.toMatchObject({ code: 'project.none' });
  expect((await lab.call('projects.current', {}))?.path).toBe(dir);
});

test('settings survive, and a damaged settings file is like none', async () => {
  const { lab, folder } = aLab();
  expect(await lab.call('app.settings', {})).toEqual({ theme: 'system', language: null, offline: false });
  await lab.call('app.setSettings', { theme: 'dark' });
  expect(await lab.call('app.setSettings', { language: 'zh' })).toMatchObject({
    theme: 'dark',
    language: 'zh',
  });
  const file = join(folder, 'data', 'settings.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ theme: 'dark', language: 'zh' });
  writeFileSync(file, '{"theme": ');
  expect(await lab.call('app.settings', {})).toEqual({ theme: 'system', language: null, offline: false });
});

test('the folder picker lists folders first and refuses names that lead elsewhere', async () => {
  const { lab, folder } = aLab();
  mkdirSync(join(folder, 'z-folder'));
  writeFileSync(join(folder, 'a file.txt'), '12345');
  writeFileSync(join(folder, '.hidden'), '');
  const { entries, parent } = await lab.call('app.listFolder', { path: folder });
  expect(entries.map(({ name, isFolder, bytes }) => [name, isFolder, bytes])).toEqual([
    ['z-folder', true, 0],
    ['a file.txt', false, 5],
  ]);
  expect(parent).not.toBeNull();
  await expect(lab.call('app.listFolder', { path: join(folder, 'nowhere') })).rejects.toMatchObject({
    code: 'file.missing',
  });
  await expect(lab.call('app.makeFolder', { parent: folder, name: '../x' })).rejects.toMatchObject({
    code: 'folder.name',
  });
  await expect(lab.call('app.makeFolder', { parent: folder, name: 'z-folder' })).rejects.toMatchObject({
    code: 'folder.exists',
  });
});

test('an edit tells the windows, and undo takes back resplitting as a whole', async () => {
  const { lab } = await labWithItems();
  const before = (await lab.call('projects.current', {}))!;
  const told = nextEvent(lab, 'items.changed', () => true);
  const shares = { train: 0, validation: 0, test: 1 };
  const { changed, project } = await lab.call('items.resplit', shares);
  expect(changed).toBe(10);
  expect(project.counts).toMatchObject({ train: 0, validation: 0, test: 12 });
  expect((await told).revision).toBe(before.revision + 1);
  const undone = await lab.call('items.undo', {});
  expect(undone).toMatchObject({ done: true, action: 'resplit', changed: 10 });
  expect(undone.project.counts).toEqual(before.counts);
  await expect(lab.call('items.resplit', { ...shares, train: 0.5 })).rejects.toMatchObject({
    code: 'split.shares',
  });
});

test('classes have one name each, and labels only of classes there are', async () => {
  const { lab, ids } = await labWithItems();
  await expect(lab.call('classes.create', { name: ' cat ' })).rejects.toMatchObject({ code: 'class.exists' });
  await expect(lab.call('classes.rename', { id: 2, name: 'cat' })).rejects.toMatchObject({
    code: 'class.exists',
  });
  await expect(lab.call('items.label', { ids, classId: 99 })).rejects.toMatchObject({
    code: 'class.unknown',
  });
  expect((await lab.call('items.undo', {})).done).toBe(false);
});
