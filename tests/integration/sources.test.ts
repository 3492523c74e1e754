import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zip } from '../unit/engine/weights/zip-writer.ts';
import type { LabelExport, RelinkReport, WatchedFolder } from '../../shared/contract/index.ts';
import {
  endedJob,
  freshProject,
  importAndWait,
  labForThisFile,
  nextEvent,
  paintPictures,
} from './real-lab.ts';

/** Where pictures come from and go to: kinds of sources, and files that have moved. */
const real = labForThisFile(1, { watchPause: 150 });
const { lab } = real;

const listed = async () => (await lab.call('items.list', { offset: 0, limit: 100 })).items;
const classNames = async () => (await lab.call('projects.current', {}))!.classes.map(({ name }) => name);

const voc = (...names: string[]) =>
  `<annotation>${names
    .map(
      (name, n) =>
        `<object><name>${name}</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>${n + 5}</xmax><ymax>9</ymax></bndbox></object>`,
    )
    .join('')}</annotation>`;

test('a ZIP of a Pascal VOC folder is unpacked into the project once; a doubtful label is told', async () => {
  const folder = await freshProject(real);
  await paintPictures(join(folder, 'p'), [10, 90, 200], 3);
  const picture = (n: number) => readFileSync(join(folder, 'p', `${n}.png`));
  const archive = join(folder, 'set.zip');
  writeFileSync(
    archive,
    zip([
      ...[0, 1, 2].map((n) => ({ name: `VOC/JPEGImages/${n}.png`, content: picture(n) })),
      { name: 'VOC/Annotations/0.xml', content: Buffer.from(voc('cat')) },
      { name: 'VOC/Annotations/1.xml', content: Buffer.from(voc('cat', 'dog')) },
      { name: 'VOC/readme.pdf', content: Buffer.from('%PDF') },
    ]),
  );
  const { result } = await importAndWait(lab, { path: archive, copy: true });
  expect(result).toMatchObject({ added: 3, broken: 0, classes: ['cat', 'dog'], skippedCount: 1 });
  const items = await listed();
  expect(items.map(({ classId }) => classId !== null)).toEqual([true, true, false]);
  expect(items[1]).toMatchObject({ status: 'warning', reasons: ['tiny', 'several-classes'] });
  expect(items[0]!.path).toMatch(/^items\/set-[0-9a-f]{8}\/VOC\/JPEGImages\/0\.png$/);
  expect((await importAndWait(lab, { path: archive })).result).toMatchObject({ added: 0, known: 3 });
  expect(readdirSync(join(folder, 'project', 'items'))).toHaveLength(1);
});

test('an archive without pictures leaves nothing in the project', async () => {
  const folder = await freshProject(real);
  const archive = join(folder, 'set.zip');
  writeFileSync(archive, zip([{ name: 'a/readme.txt', content: Buffer.from('hello') }]));
  expect(await importAndWait(lab, { path: archive })).toMatchObject({ error: { code: 'import.empty' } });
  const items = join(folder, 'project', 'items');
  expect(existsSync(items) ? readdirSync(items) : []).toEqual([]);
});

test('several sources come in together; what they do not label gets the class asked for', async () => {
  const folder = await freshProject(real);
  await paintPictures(join(folder, 'a', 'red'), [200, 0, 0], 2);
  await paintPictures(join(folder, 'loose'), [0, 0, 200], 2);
  mkdirSync(join(folder, 'project', 'x'));
  await lab.call('classes.create', { name: 'blue' });
  const classId = (await lab.call('projects.current', {}))!.classes[0]!.id;
  const also = [join(folder, 'loose', '0.png'), join(folder, 'loose', '1.png')];
  const { result } = await importAndWait(lab, { path: join(folder, 'a'), also, classId });
  expect(result).toMatchObject({ added: 4 });
  expect(await classNames()).toEqual(['blue', 'red']);
  expect((await listed()).filter((item) => item.classId === classId).map(({ name }) => name)).toEqual([
    '0.png',
    '1.png',
  ]);
});

/** What a person decided about each picture, by its content: survives any change of place. */
async function decisions() {
  const { classes } = (await lab.call('projects.current', {}))!;
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  return (await listed())
    .map(({ name, classId, split, bytes }) => `${name} ${bytes} ${nameOf.get(classId ?? -1)} ${split}`)
    .sort();
}

test('labels exported as a table or as folders come back the same in a new project', async () => {
  const folder = await freshProject(real);
  await paintPictures(join(folder, 'photos', 'red'), [200, 0, 0], 6);
  await paintPictures(join(folder, 'photos', '=cmd|calc'), [0, 0, 200], 6);
  await paintPictures(join(folder, 'photos'), [0, 200, 0], 1);
  await importAndWait(lab, { path: join(folder, 'photos') });
  const [loose] = (await listed()).filter(({ classId }) => classId === null);
  await lab.call('items.setSplit', { ids: [loose!.id], split: 'train' });
  const before = await decisions();
  const out = join(folder, 'labels.csv');
  const exported = await endedJob(lab, 'items.exportLabels', { out });
  expect(exported.result as LabelExport).toEqual({ path: out, items: 13, missing: 0 });
  const text = readFileSync(out, 'utf8');
  expect(text.startsWith('path,label,split\r\n')).toBe(true);
  expect(text).toContain(`photos/=cmd|calc/0.png,'=cmd|calc,`);
  expect(await endedJob(lab, 'items.exportLabels', { out })).toMatchObject({
    error: { code: 'file.exists' },
  });
  const folders = join(folder, 'out');
  const linked = await endedJob(lab, 'items.exportLabels', { out: folders, form: 'folders', link: true });
  expect(linked.result as LabelExport).toMatchObject({ items: 13, missing: 0 });
  expect(readdirSync(join(folders, 'train')).sort()).toEqual(['0.png', '=cmd_calc', 'red']);
  expect(statSync(join(folders, 'train', '0.png')).nlink).toBe(2);

  await lab.call('projects.create', { path: join(folder, 'second'), name: 'Second' });
  await importAndWait(lab, { path: out });
  expect(await decisions()).toEqual(before);
  await lab.call('projects.create', { path: join(folder, 'third'), name: 'Third' });
  await importAndWait(lab, { path: folders });
  expect(await decisions()).toEqual(before.map((line) => line.replace('=cmd|calc', '=cmd_calc')).sort());
});

test('what a page hands over in pieces lies in the project, and cannot lead out of it', async () => {
  const folder = await freshProject(real);
  await paintPictures(join(folder, 'p'), [10, 90, 200], 2);
  const content = [0, 1].map((n) => readFileSync(join(folder, 'p', `${n}.png`)));
  const send = async (upload: string, path: string, bytes: Buffer) => {
    const half = Math.floor(bytes.length / 2);
    for (const piece of [bytes.subarray(0, half), bytes.subarray(half)])
      await lab.call('uploads.write', { upload, path, data: piece.toString('base64') });
  };
  const set = randomUUID();
  await send(set, 'set/red/0.png', content[0]!);
  await send(set, 'set/blue/1.png', content[1]!);
  for (const path of ['../../evil.png', 'a/../../../evil.png', '..'])
    await expect(lab.call('uploads.write', { upload: set, path, data: '' })).rejects.toMatchObject({
      code: 'folder.name',
    });
  await expect(lab.call('uploads.write', { upload: '../evil', path: 'a', data: '' })).rejects.toMatchObject({
    code: 'request.invalid',
  });
  const job = await endedJob(lab, 'uploads.import', { upload: set });
  expect(job.result).toMatchObject({ added: 2, classes: ['blue', 'red'] });
  expect((await listed())[0]!.path).toMatch(/^items\/added-[\d-]+-\w{8}\/set\/blue\/1\.png$/);
  const zipped = randomUUID();
  await send(zipped, 'more.zip', zip([{ name: 'green/0.png', content: content[0]! }]));
  expect((await endedJob(lab, 'uploads.import', { upload: zipped })).result).toMatchObject({ added: 1 });
  expect(await classNames()).toEqual(['blue', 'red', 'green']);
  expect(readdirSync(folder).sort()).toEqual(['p', 'project']);
});

test('files that were moved are told as missing, and found again with their labels', async () => {
  const folder = await freshProject(real);
  const [old, moved] = [join(folder, 'old'), join(folder, 'moved', 'here')];
  await paintPictures(join(old, 'red'), [200, 0, 0], 4);
  await paintPictures(join(old, 'blue'), [0, 0, 200], 4);
  await importAndWait(lab, { path: old });
  const before = await decisions();
  expect(await lab.call('items.missing', {})).toEqual({ items: 0, folders: [] });
  mkdirSync(join(folder, 'moved'));
  renameSync(old, moved);
  // One lies elsewhere below, one was changed, one is gone.
  mkdirSync(join(moved, 'deep'));
  renameSync(join(moved, 'red', '0.png'), join(moved, 'deep', '0.png'));
  appendFileSync(join(moved, 'red', '1.png'), 'x');
  rmSync(join(moved, 'red', '2.png'));
  expect(await lab.call('items.missing', {})).toEqual({ items: 8, folders: [{ path: old, items: 8 }] });
  expect((await listed()).every(({ missing }) => missing)).toBe(true);
  const job = await endedJob(lab, 'items.relink', { from: old, to: join(folder, 'moved', 'here') });
  expect(job.result as RelinkReport).toEqual({ found: 6, missing: 2, differing: 1, known: 0 });
  const items = await listed();
  expect(items.filter(({ missing }) => missing).map(({ path }) => path)).toEqual([
    '../old/red/1.png',
    '../old/red/2.png',
  ]);
  expect(items.map(({ path }) => path)).toContain('../moved/here/deep/0.png');
  expect(await decisions()).toEqual(before);
  expect((await importAndWait(lab, { path: moved })).result).toMatchObject({ known: 6, added: 1 });
  const again = await endedJob(lab, 'items.relink', { to: moved });
  expect(again.result as RelinkReport).toMatchObject({ found: 0, missing: 2 });
});

test('what appears in a watched folder becomes an item by itself, when it is whole; what goes is told', async () => {
  const folder = await freshProject(real);
  const watched = join(folder, 'inbox');
  await paintPictures(join(watched, 'red'), [200, 0, 0], 2);
  await paintPictures(join(folder, 'later'), [0, 0, 200], 2);
  const has = (n: number) => nextEvent(lab, 'project.changed', (project) => project?.counts.items === n);
  const first = await endedJob(lab, 'watches.add', { path: watched });
  expect(first.result).toMatchObject({ added: 2 });
  const arrived = has(3);
  mkdirSync(join(watched, 'blue'));
  const whole = readFileSync(join(folder, 'later', '0.png'));
  writeFileSync(join(watched, 'blue', 'half.png'), whole.subarray(0, whole.length - 30));
  writeFileSync(join(watched, 'blue', 'whole.png'), whole);
  await arrived;
  expect((await listed()).map(({ name }) => name)).toEqual(['whole.png', '0.png', '1.png']);
  // An import of the same folder meanwhile doubles nothing, and the other half makes it whole.
  expect((await importAndWait(lab, { path: join(watched, 'red') })).result).toMatchObject({ added: 0 });
  const grown = has(4);
  appendFileSync(join(watched, 'blue', 'half.png'), whole.subarray(whole.length - 30));
  await grown;
  const gone = nextEvent(lab, 'watches.changed', (list) => list[0]?.state === 'gone');
  const missing = nextEvent(lab, 'missing.changed', ({ items }) => items === 4);
  renameSync(watched, join(folder, 'elsewhere'));
  expect(await gone).toMatchObject([{ path: watched, added: 2 }] satisfies Partial<WatchedFolder>[]);
  expect((await missing).folders).toEqual([{ path: watched, items: 4 }]);
  // It goes on after the project was opened again.
  await lab.call('projects.close', {});
  renameSync(join(folder, 'elsewhere'), watched);
  await lab.call('projects.open', { path: join(folder, 'project') });
  const more = has(5);
  writeFileSync(join(watched, 'red', 'new.png'), readFileSync(join(folder, 'later', '1.png')));
  await more;
  const [watch] = await lab.call('watches.list', {});
  expect(await lab.call('watches.remove', { id: watch!.id })).toEqual([]);
}, 20_000);
