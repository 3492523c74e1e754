import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zip } from '../unit/engine/weights/zip-writer.ts';
import { freshProject, importAndWait, labForThisFile, paintPictures } from './real-lab.ts';

/** Where pictures come from and go to: kinds of sources, and files that have moved. */
const real = labForThisFile(1);
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
