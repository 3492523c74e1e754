import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackArchive } from '../../electron/engine/data/archive/unpack.ts';
import { collectScan } from '../../electron/engine/data/scan.ts';
import { GraftError } from '../../shared/errors.ts';
import { zip } from '../unit/engine/weights/zip-writer.ts';
import type { Packed } from '../unit/engine/weights/zip-writer.ts';
import { mutate } from './mutations.ts';

/** Hostile and damaged sources of pictures: archives, COCO and VOC annotations, tables. */

const picture = Buffer.from('ffd8ffe000104a464946', 'hex');
const longestMs = 2000;
const mostGrowthBytes = 256 * 2 ** 20;
const firstSeed = Number(process.env['GRAFT_FUZZ_SEED'] ?? 1);
const cases = Number(process.env['GRAFT_FUZZ_CASES'] ?? 80);

let folder: string;
let items: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-sources-'));
  items = join(folder, 'project', 'items');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function archive(files: readonly Packed[], change = (bytes: Buffer): Buffer => bytes): string {
  const path = join(folder, 'set.zip');
  writeFileSync(path, change(zip(files)));
  return path;
}

const good: Packed[] = [
  { name: 'set/cat/1.jpg', content: picture, deflate: true },
  { name: 'set/dog/2.jpg', content: picture },
];

/** Every file below a folder, by its path in it. */
function filesIn(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(root, name)).isFile())
    .sort();
}

describe('a ZIP archive', () => {
  it('is unpacked once, whole, and its outermost folder is passed over', async () => {
    const path = archive(good);
    const first = await unpackArchive(path, items);
    expect(first).toMatchObject({ fresh: true, skipped: [] });
    expect(filesIn(first.root)).toEqual(['cat/1.jpg', 'dog/2.jpg']);
    expect(readFileSync(join(first.root, 'cat/1.jpg'))).toEqual(picture);
    expect(await unpackArchive(path, items)).toEqual({ ...first, fresh: false });
    expect(readdirSync(items)).toHaveLength(1);
  });

  it('keeps a class folder that is its only one, and reads names of Chinese Windows', async () => {
    const rawName = Buffer.concat([Buffer.from([0xc3, 0xa8]), Buffer.from('/1.jpg')]);
    // 猫 in GB 18030 is C3 A8, which happens to be good UTF-8 too: a longer name is not.
    const tiger = Buffer.concat([Buffer.from([0xc0, 0xcf, 0xbb, 0xa2]), Buffer.from('/1.jpg')]);
    const one = await unpackArchive(archive([{ name: '', rawName: tiger, content: picture }]), items);
    expect(filesIn(one.root)).toEqual(['老虎/1.jpg']);
    const other = await unpackArchive(archive([{ name: '', rawName, content: picture }]), items);
    expect(filesIn(other.root)).toEqual(['è/1.jpg']);
  });

  it.each<[string, Packed]>([
    ['leads up', { name: '../../evil.jpg', content: picture }],
    ['leads up further in', { name: 'a/../../../evil.jpg', content: picture }],
    ['leads up in Windows’ way', { name: '..\\..\\evil.jpg', content: picture }],
    ['is absolute', { name: '/tmp/evil.jpg', content: picture }],
    ['names a drive', { name: 'C:/evil.jpg', content: picture }],
    ['holds a zero byte', { name: 'evil.jpg\0.txt', content: picture }],
  ])('with a name that %s is refused, and nothing is written', async (_, evil) => {
    const path = archive([...good, evil]);
    await expect(unpackArchive(path, items)).rejects.toMatchObject({ code: 'import.zip-unsafe' });
    expect(filesIn(folder)).toEqual(['set.zip']);
  });

  it('that is encrypted is refused', async () => {
    const path = archive([{ ...good[0]!, encrypted: true }]);
    await expect(unpackArchive(path, items)).rejects.toMatchObject({
      code: 'import.zip-unsupported',
      params: { feature: 'encryption' },
    });
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 30)],
    ['empty', () => Buffer.alloc(0)],
    ['no archive', () => Buffer.from('hello, this is text')],
  ])('that is %s is refused', async (_, change) => {
    const path = archive(good, change);
    await expect(unpackArchive(path, items)).rejects.toMatchObject({ code: 'import.zip-damaged' });
    expect(filesIn(folder)).toEqual(['set.zip']);
  });

  it('that claims or is a bomb is refused before it is unpacked', async () => {
    const swelling = { name: 'a.bmp', content: Buffer.alloc(2_000_000), claim: 1_900_000_000 };
    await expect(unpackArchive(archive([swelling]), items)).rejects.toMatchObject({
      code: 'import.zip-bomb',
    });
    // Two entries of the directory that share the same bytes (Fifield 2019).
    const overlapping = zip([{ name: 'a.jpg', content: Buffer.alloc(5000, 7) }]);
    const at = overlapping.indexOf('PK\x01\x02', 0, 'latin1');
    const end = overlapping.indexOf('PK\x05\x06', 0, 'latin1');
    const central = overlapping.subarray(at, end);
    const second = Buffer.from(central);
    second.write('b', 46, 'latin1');
    const tail = Buffer.from(overlapping.subarray(end));
    tail.writeUInt16LE(2, 8);
    tail.writeUInt16LE(2, 10);
    tail.writeUInt32LE(central.length * 2, 12);
    const path = archive([], () => Buffer.concat([overlapping.subarray(0, at), central, second, tail]));
    await expect(unpackArchive(path, items)).rejects.toMatchObject({ code: 'import.zip-bomb' });
    const lying = archive([{ name: 'a.jpg', content: picture, deflate: true, claim: 2 ** 31 }]);
    await expect(unpackArchive(lying, items)).rejects.toMatchObject({ code: 'import.zip-damaged' });
    expect(filesIn(folder)).toEqual(['set.zip']);
  });

  it('gives what is good of it; links, damage and what is of no use are left aside by name', async () => {
    const path = archive([
      ...good,
      { name: 'set/link.jpg', content: Buffer.from('/etc/passwd'), mode: 0o120777 },
      { name: 'set/cat/damaged.jpg', content: picture, crc: 1 },
      { name: 'set/cat/longer.jpg', content: Buffer.alloc(500), deflate: true, claim: 200 },
      { name: 'set/CAT/1.JPG', content: picture },
      { name: 'set/run.exe', content: Buffer.from('MZ') },
      { name: '__MACOSX/set/._1.jpg', content: picture },
      { name: 'set/empty/', content: Buffer.alloc(0) },
      { name: 'set/dog/a:b?.jpg', content: picture },
      { name: 'set/dog/con.jpg', content: picture, mode: 0o100644 },
    ]);
    const { root, skipped } = await unpackArchive(path, items);
    expect(filesIn(root)).toEqual(['cat/1.jpg', 'dog/2.jpg', 'dog/_con.jpg', 'dog/a_b_.jpg']);
    expect(Object.fromEntries(skipped.map((file) => [file.path, file.reason]))).toEqual({
      'set/link.jpg': 'link-in-archive',
      'set/cat/damaged.jpg': 'damaged-entry',
      'set/cat/longer.jpg': 'damaged-entry',
      'set/CAT/1.JPG': 'same-name',
      'set/run.exe': 'not-an-image',
      '__MACOSX/set/._1.jpg': 'system-file',
    });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const many = Array.from({ length: 50 }, (_, n) => ({ name: `a/${n}.jpg`, content: picture }));
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(unpackArchive(archive(many), items, options)).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(items)).toEqual([]);
  });
});

const coco = JSON.stringify({
  images: [1, 2].map((id) => ({ id, file_name: `cat/${id}.jpg` })),
  annotations: [1, 2].map((id) => ({ image_id: id, category_id: 3, bbox: [0, 0, 4, 4], area: 16 })),
  categories: [{ id: 3, name: 'cat' }],
});
const voc = `<annotation><filename>1.jpg</filename><object><name>cat &amp; dog</name><bndbox><xmin>1</xmin>
<ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object><object><name>dog</name></object></annotation>`;
const table = 'path,label,split,patient\ncat/1.jpg,"a ""cat""",train,P1\ncat/2.jpg,dog,test,P2\n';

function sourceOf(kind: string, bytes: Buffer | string, under: string): string {
  const files: Record<string, [string, Buffer | string][]> = {
    coco: [['labels.json', bytes]],
    voc: [
      ['Annotations/1.xml', bytes],
      ['JPEGImages/1.jpg', picture],
    ],
    csv: [['labels.csv', bytes]],
  };
  for (const [name, content] of [
    ...(files[kind] ?? []),
    ['cat/1.jpg', picture] as const,
    ['cat/2.jpg', picture] as const,
  ]) {
    mkdirSync(dirname(join(under, name)), { recursive: true });
    writeFileSync(join(under, name), content);
  }
  return kind === 'voc' ? under : join(under, files[kind]?.[0]?.[0] ?? '');
}

/** 'read', 'read in part', or the code of the error; anything else is a crash. */
async function outcomeOf(work: () => Promise<{ skipped: unknown[] }>): Promise<string> {
  try {
    return (await work()).skipped.length > 0 ? 'read in part' : 'read';
  } catch (error) {
    return error instanceof GraftError ? error.code : `crash: ${String(error)} ${(error as Error).stack}`;
  }
}

const expected = /^(read|read in part|file\.unreadable|import\.[a-z-]+)$/;

describe.each(['coco', 'voc', 'csv', 'zip'] as const)('damaged copies of a source: %s', (kind) => {
  it('are read or refused, soon and in bounded memory', { timeout: 60_000 + 50 * cases }, async () => {
    const original = {
      coco: Buffer.from(coco),
      voc: Buffer.from(voc),
      csv: Buffer.from(table),
      zip: zip(good),
    };
    const before = process.memoryUsage().rss;
    const outcomes = new Map<string, number>();
    for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
      const bytes = mutate(original[kind], seed);
      const start = performance.now();
      const result = await outcomeOf(() =>
        kind === 'zip'
          ? unpackArchive(
              archive([], () => bytes),
              items,
            )
          : collectScan(sourceOf(kind, bytes, folder), { kind }),
      );
      expect(result, `seed ${seed}`).toMatch(expected);
      expect(performance.now() - start, `milliseconds with seed ${seed}`).toBeLessThan(longestMs);
      outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(mostGrowthBytes);
    expect(outcomes.size, [...outcomes].join(' ')).toBeGreaterThan(1);
    // Whatever an archive says, it is written below the project's items or not at all.
    const outside = kind === 'zip' ? readdirSync(folder).filter((name) => name !== 'project') : ['set.zip'];
    expect(outside).toEqual(['set.zip']);
  });
});

describe('COCO that is wrong', () => {
  it.each([
    ['{"images": 5}', 'images'],
    ['[]', ''],
    ['{"images": [{"id": 1}]}', 'file_name'],
    ['{"images": [', 'JSON'],
  ])('is refused with what is wrong: %s', async (content, detail) => {
    const path = sourceOf('coco', content, folder);
    const error = await collectScan(path, { kind: 'coco' }).catch((thrown: unknown) => thrown as GraftError);
    expect(error).toMatchObject({ code: 'import.coco-malformed' });
    expect((error as GraftError).params['detail']).toContain(detail);
  });

  it('cannot reach into objects by the names of their prototypes', async () => {
    const path = sourceOf('coco', coco.replaceAll('"cat"', '"__proto__"'), folder);
    const { entries } = await collectScan(path, { kind: 'coco' });
    expect(entries.map(({ label }) => label)).toEqual(['__proto__', '__proto__']);
  });
});
