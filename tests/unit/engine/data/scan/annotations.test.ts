import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectScan } from '../../../../../electron/engine/data/scan.ts';
import type { ScanOptions } from '../../../../../electron/engine/data/scan.ts';

const jpegStart = Buffer.from('ffd8ffe000104a464946', 'hex');
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'graft-annotations-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(files: Record<string, string | Buffer>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const pictures = (...paths: string[]) => put(Object.fromEntries(paths.map((path) => [path, jpegStart])));

/** Entries as `path|label|split|warning`, skipped files as `path|reason`. */
async function scanned(path = root, kind: ScanOptions['kind'] = 'auto') {
  const scan = await collectScan(path, { kind });
  return {
    entries: scan.entries.map(
      (entry) => `${relative(root, entry.path)}|${entry.label}|${entry.split}|${entry.warning ?? ''}`,
    ),
    skipped: scan.skipped.map((file) => `${file.path}|${file.reason}`),
  };
}

const categories = [
  { id: 1, name: 'cat' },
  { id: 18, name: 'dog' },
];

describe('COCO annotations', () => {
  it('label a picture by its only category, and by its largest object with a warning where there are several', async () => {
    await pictures('train2017/1.jpg', 'train2017/2.jpg', 'train2017/3.jpg', 'train2017/4.jpg');
    const coco = {
      images: [1, 2, 3, 4, 5].map((id) => ({ id, file_name: `${id}.jpg` })),
      annotations: [
        { image_id: 1, category_id: 1, bbox: [0, 0, 5, 5], area: 9 },
        { image_id: 1, category_id: 1, bbox: [0, 0, 9, 9], area: 80 },
        { image_id: 2, category_id: 1, bbox: [0, 0, 5, 5] },
        { image_id: 2, category_id: 18, bbox: [0, 0, 6, 6] },
        // A mark on the picture as a whole says more than an object in it.
        { image_id: 3, category_id: 18 },
        { image_id: 3, category_id: 99, area: 5000 },
      ],
      categories,
    };
    await put({ 'annotations/instances_train2017.json': JSON.stringify(coco) });
    const expected = {
      entries: [
        'train2017/1.jpg|cat|train|',
        'train2017/2.jpg|dog|train|several-classes',
        'train2017/3.jpg|dog|train|',
        'train2017/4.jpg|null|train|',
      ],
      skipped: ['5.jpg|missing-file'],
    };
    expect(await scanned()).toEqual(expected);
    expect(await scanned(join(root, 'annotations/instances_train2017.json'))).toEqual(expected);
    expect(await scanned(root, 'coco')).toEqual(expected);
  });

  it('lie in split folders as Roboflow writes them', async () => {
    await pictures('train/a.jpg', 'valid/b.jpg');
    const file = (name: string, category_id: number) =>
      JSON.stringify({
        images: [{ id: 0, file_name: name }],
        annotations: [{ image_id: 0, category_id, bbox: [0, 0, 1, 1] }],
        categories,
      });
    await put({
      'train/_annotations.coco.json': file('a.jpg', 1),
      'valid/_annotations.coco.json': file('b.jpg', 18),
    });
    expect((await scanned()).entries).toEqual(['train/a.jpg|cat|train|', 'valid/b.jpg|dog|validation|']);
  });

  it('do not lead out of their folder', async () => {
    await pictures('secret.jpg', 'set/in.jpg');
    const images = ['../secret.jpg', '..\\secret.jpg', 'in.jpg'].map((file_name, id) => ({ id, file_name }));
    await put({ 'set/labels.json': JSON.stringify({ images, annotations: [], categories }) });
    const { entries, skipped } = await scanned(join(root, 'set/labels.json'));
    expect(entries).toEqual(['set/in.jpg|null|null|']);
    expect(skipped).toHaveLength(2);
  });
});

const annotation = (filename: string, ...objects: [name: string, side: number][]) =>
  `<?xml version="1.0"?>\n<annotation verified="yes"><!-- made by hand -->
  <filename>${filename}</filename><size><width>9</width></size>${objects
    .map(
      ([name, side]) => `<object><name>${name}</name><part><name>head</name></part>
    <bndbox><xmin>0</xmin><ymin>0</ymin><xmax>${side}</xmax><ymax>${side}</ymax></bndbox></object>`,
    )
    .join('')}</annotation>`;

describe('a Pascal VOC folder', () => {
  it('labels by what is marked, takes splits from its lists, and pictures without marks unlabelled', async () => {
    await pictures(...['1', '2', '3', '4'].map((name) => `JPEGImages/${name}.jpg`));
    await put({
      'Annotations/1.xml': annotation('1.jpg', ['cat', 10]),
      'Annotations/2.xml': annotation('2.jpg', ['cat', 10], ['dog &amp; friend', 20]),
      'Annotations/3.xml': annotation('C:\\pictures\\3.jpg', ['dog', 10], ['dog', 90]),
      'Annotations/5.xml': annotation('gone.jpg', ['dog', 1]),
      'Annotations/6.xml':
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>',
      'ImageSets/Main/train.txt': '1\n2\n',
      'ImageSets/Main/val.txt': '3 1\n',
    });
    const { entries, skipped } = await scanned();
    expect(entries).toEqual([
      'JPEGImages/1.jpg|cat|train|',
      'JPEGImages/2.jpg|dog & friend|train|several-classes',
      'JPEGImages/3.jpg|dog|validation|',
      'JPEGImages/4.jpg|null|null|',
    ]);
    expect(skipped).toEqual([
      `${join(root, 'Annotations/5.xml')}|missing-file`,
      `${join(root, 'Annotations/6.xml')}|bad-annotation`,
    ]);
  });

  it('is refused by name when it lacks its folders', async () => {
    await expect(scanned(root, 'voc')).rejects.toMatchObject({ code: 'import.voc-layout' });
  });
});

describe('a table', () => {
  it('keeps its further columns as attributes, and takes the guard off what looks like a formula', async () => {
    await pictures('p/1.jpg', 'p/2.jpg');
    await put({
      'list.csv': "path,label,split,patient,camera\np/1.jpg,'=cat,train,P-7,-3\np/2.jpg,dog,,'@x,\n",
    });
    const { entries } = await collectScan(join(root, 'list.csv'), { kind: 'csv' });
    expect(entries).toMatchObject([
      { label: '=cat', split: 'train', attributes: { patient: 'P-7', camera: '-3' } },
      { label: 'dog', split: null, attributes: { patient: '@x' } },
    ]);
  });

  it('beside one folder of pictures is found by itself; beside class folders it is not', async () => {
    await pictures('p/1.jpg');
    await put({ 'labels.csv': 'file,class\np/1.jpg,cat\n' });
    expect((await scanned()).entries).toEqual(['p/1.jpg|cat|null|']);
    await pictures('q/2.jpg');
    expect((await scanned()).entries).toEqual(['p/1.jpg|p|null|', 'q/2.jpg|q|null|']);
  });
});
