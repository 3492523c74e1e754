import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { packCapsule, unpackCapsule } from '../../electron/engine/capsule/capsule.ts';
import { ZipWriter } from '../../electron/engine/data/archive/zip-write.ts';
import { checkCapsuleDatabase, writeCapsuleDatabase } from '../../electron/store/capsule.ts';
import { createProject } from '../../electron/store/open.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { zip } from '../unit/engine/weights/zip-writer.ts';
import { freshFolder } from '../unit/store/a-project.ts';

/** Capsules come from strangers: whatever is wrong with one costs a sentence that names it, and leaves nothing behind. */

const facts = { capsule: 1 as const, madeBy: 'Graft', madeAt: '', run: '0001-abc', pictures: 1 };
const { signal } = new AbortController();
const names = ['graft.db', 'runs/0001-abc/weights.safetensors', 'items/1.png'];
let folder: string;
let capsule: string;
let into: string;

beforeEach(async () => {
  folder = freshFolder();
  capsule = join(folder, 'a.capsule');
  into = join(folder, 'out');
  await packCapsule(capsule, facts, names.map(fileNamed), signal, () => undefined);
});

function fileNamed(name: string, index: number) {
  const path = join(folder, String(index));
  writeFileSync(path, Buffer.alloc(1000 + index, `${name} `));
  return { name, path };
}

const unpack = (file = capsule) => unpackCapsule(file, into, signal, () => undefined);

async function refused(code: ErrorCode, file = capsule, params: Record<string, unknown> = {}): Promise<void> {
  await expect(unpack(file)).rejects.toMatchObject({ code, params });
  expect(existsSync(into)).toBe(false);
}

function altered(change: (bytes: Buffer) => Buffer | void): string {
  const bytes = readFileSync(capsule);
  const path = join(folder, 'altered.capsule');
  writeFileSync(path, change(bytes) ?? bytes);
  return path;
}

/** A capsule by hand: its own manifest, and these entries. */
async function handmade(manifest: unknown, entries: [string, Uint8Array][]): Promise<string> {
  const path = join(folder, 'handmade.capsule');
  const writer = await ZipWriter.open(path);
  for (const [name, bytes] of entries) await writer.add(name, bytes);
  await writer.add('capsule.json', Buffer.from(JSON.stringify(manifest)));
  await writer.finish();
  return path;
}

describe('the archive', () => {
  test('a whole one is laid out, byte for byte', async () => {
    expect(await unpack()).toEqual({ ...facts, entries: 3 });
    names.forEach((name, index) =>
      expect(readFileSync(join(into, name))).toEqual(readFileSync(join(folder, String(index)))),
    );
  });

  test('cut off anywhere, it is refused', async () => {
    const whole = readFileSync(capsule);
    for (const length of [
      0,
      1,
      4,
      100,
      1100,
      3000,
      whole.length - 300,
      whole.length - 22,
      whole.length - 1,
    ]) {
      const path = join(folder, 'short.capsule');
      writeFileSync(path, whole.subarray(0, length));
      await expect(unpack(path), `${length} bytes`).rejects.toMatchObject({
        code: expect.stringMatching(/^capsule\.(damaged|not-one|altered)$|^weights\.damaged$/) as string,
      });
      expect(existsSync(into)).toBe(false);
    }
  });

  test('one altered byte in any entry names that entry', async () => {
    for (const [index, name] of names.entries()) {
      const content = readFileSync(join(folder, String(index)));
      const file = altered((bytes) => {
        const at = bytes.indexOf(content) + 500;
        bytes[at] = bytes[at]! ^ 1;
      });
      await refused('capsule.altered', file, { entry: name });
    }
  });

  test.each([
    '../evil.json',
    '/etc/evil',
    'runs/../../evil.json',
    'items/1.png/../../../evil',
    'C:\\evil',
    'runs/a/evil.sh',
  ])('a name that leads elsewhere is refused: %s', async (name) => {
    const bytes = Buffer.from('x');
    const sha256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
    const file = await handmade({ ...facts, entries: [{ name, bytes: 1, sha256 }] }, [[name, bytes]]);
    await refused('capsule.damaged', file);
    expect(readdirSync(folder).filter((one) => one.includes('evil'))).toEqual([]);
  });

  test('an entry that its list does not know, and one that is missing', async () => {
    const stray = await handmade({ ...facts, entries: [] }, [['graft.db', Buffer.from('x')]]);
    await refused('capsule.altered', stray, { entry: 'graft.db' });
    const entries = [{ name: 'graft.db', bytes: 1, sha256: '0'.repeat(64) }];
    await refused('capsule.altered', await handmade({ ...facts, entries }, []), {
      entry: 'graft.db',
      detail: 'missing',
    });
  });

  test('what is compressed is not unpacked, however small it is', async () => {
    const bomb = join(folder, 'bomb.capsule');
    writeFileSync(bomb, zip([{ name: 'capsule.json', content: Buffer.alloc(2 ** 20), deflate: true }]));
    await refused('capsule.damaged', bomb);
  });

  test('another archive, and no archive at all', async () => {
    const other = join(folder, 'other.zip');
    writeFileSync(other, zip([{ name: 'photo.png', content: Buffer.from('x') }]));
    await refused('capsule.not-one', other);
    writeFileSync(other, 'a text');
    await refused('capsule.damaged', other);
  });

  test('a list that lists a name twice, or says nonsense', async () => {
    const one = { name: 'graft.db', bytes: 1, sha256: '0'.repeat(64) };
    await refused(
      'capsule.damaged',
      await handmade({ ...facts, entries: [one, one] }, [['graft.db', Buffer.from('x')]]),
    );
    await refused('capsule.damaged', await handmade({ ...facts, run: '../../x', entries: [] }, []));
    await refused('capsule.damaged', await handmade('nonsense', []));
  });
});

describe('the database', () => {
  function capsuleDatabase(change: (db: Database.Database) => void): string {
    const dir = join(folder, 'project');
    createProject(dir, 'P').close();
    const target = join(folder, 'staging');
    mkdirSync(target);
    writeCapsuleDatabase(dir, join(target, 'graft.db'), [], []);
    const db = new Database(join(target, 'graft.db'));
    change(db);
    db.close();
    return target;
  }

  const insertItem = (path: string) => `
    INSERT INTO collections (id, name) VALUES (1, 'main');
    INSERT INTO items (path, source, collection_id, status, width, height, bytes, format, sha256, dhash, added_at)
    VALUES ('${path}', '${path}', 1, 'ok', 1, 1, 1, 'png', '', '', '');`;

  test.each([
    ['a trigger of somebody else', 'CREATE TRIGGER evil AFTER INSERT ON items BEGIN DELETE FROM runs; END'],
    ['a picture outside the project', insertItem('../../etc/passwd')],
    ['a picture at a place of its own', insertItem('/etc/passwd')],
    ['no run of the name', 'DELETE FROM project'],
  ])('is refused with %s', (_, sql) => {
    const dir = capsuleDatabase((db) => db.exec(sql));
    expect(() => checkCapsuleDatabase(capsule, dir, '0001-abc')).toThrow(
      expect.objectContaining({
        code: 'capsule.altered',
        params: expect.objectContaining({ entry: 'graft.db' }) as object,
      }),
    );
  });

  test('is refused from a later version of Graft, by its number', () => {
    const dir = capsuleDatabase((db) => db.pragma('user_version = 9999'));
    expect(() => checkCapsuleDatabase(capsule, dir, '0001-abc')).toThrow(
      expect.objectContaining({ code: 'project.newer' }),
    );
  });
});
