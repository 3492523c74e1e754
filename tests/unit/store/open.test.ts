import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { GraftError } from '../../../shared/errors.ts';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import { migrate } from '../../../electron/store/migrate.ts';
import { migrations } from '../../../electron/store/migrations/index.ts';
import { createProject, openProject, projectFolder } from '../../../electron/store/open.ts';
import { anItem, freshFolder } from './a-project.ts';

function errorOf(work: () => unknown): GraftError {
  try {
    work();
  } catch (error) {
    return error as GraftError;
  }
  throw new Error('no error was thrown');
}

const newest = migrations.length;
const nextStep = { version: newest + 1, sql: 'ALTER TABLE items ADD COLUMN note TEXT' };

describe('opening a project', () => {
  test('a new project is there, empty, with its name, after closing', () => {
    const dir = join(freshFolder(), 'leaves');
    createProject(dir, 'Leaves 叶子').close();
    const store = openProject(dir);
    expect(store.project.get()).toMatchObject({ name: 'Leaves 叶子', revision: 0 });
    expect(store.project.counts().counts.items).toBe(0);
    store.close();
    expect(readdirSync(dir).sort()).toEqual(['graft.db', 'graft.lock']);
  });

  test('the path of graft.db means its folder', () => {
    const dir = freshFolder();
    expect(projectFolder(join(dir, 'graft.db'))).toBe(dir);
    expect(projectFolder(dir)).toBe(dir);
  });

  test('an existing project is not overwritten', () => {
    const dir = freshFolder();
    createProject(dir, 'First').close();
    expect(errorOf(() => createProject(dir, 'Second'))).toMatchObject({ code: 'project.exists' });
    const store = openProject(dir);
    expect(store.project.get().name).toBe('First');
    store.close();
  });

  test('a folder without graft.db is named', () => {
    const dir = freshFolder();
    expect(errorOf(() => openProject(dir))).toMatchObject({ code: 'project.none', params: { path: dir } });
    expect(readdirSync(dir)).toEqual([]);
  });

  test.each([
    [
      'text',
      'this is a letter to my mother, not a database at all, and long enough to have a header. '.repeat(9),
    ],
    ['an empty file', ''],
  ])('%s named graft.db is refused and left as it is', (_, content) => {
    const dir = freshFolder();
    writeFileSync(join(dir, 'graft.db'), content);
    expect(errorOf(() => openProject(dir)).code).toBe('project.not-one');
    expect(readFileSync(join(dir, 'graft.db'), 'utf8')).toBe(content);
    expect(readdirSync(dir)).toEqual(['graft.db']);
  });

  test('another program’s SQLite file is refused', () => {
    const dir = freshFolder();
    new Database(join(dir, 'graft.db')).exec('CREATE TABLE birds (name TEXT)').close();
    expect(errorOf(() => openProject(dir)).code).toBe('project.not-one');
  });

  test('a database with a damaged page is refused before anything is written', () => {
    const dir = freshFolder();
    const store = createProject(dir, 'Damaged');
    store.transaction(() => {
      store.items.addCollection('main');
      for (let i = 0; i < 2000; i++) store.items.insert(anItem(`pictures/${i}.jpg`));
    });
    store.close();
    const path = join(dir, 'graft.db');
    const bytes = readFileSync(path);
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 20_000);
    writeFileSync(path, bytes);
    expect(errorOf(() => openProject(dir))).toMatchObject({ code: 'project.damaged', params: { path } });
  });

  test('a second opening is refused while the first lasts, and works after it', () => {
    const dir = freshFolder();
    const first = createProject(dir, 'Mine');
    expect(errorOf(() => openProject(dir))).toMatchObject({ code: 'project.locked', params: { path: dir } });
    first.close();
    openProject(dir).close();
  });
});

describe('migrating a project', () => {
  test('a project made by a newer version is refused, naming both versions, and left as it is', () => {
    const dir = freshFolder();
    createProject(dir, 'Future', { steps: [...migrations, nextStep] }).close();
    const before = readFileSync(join(dir, 'graft.db'));
    expect(errorOf(() => openProject(dir))).toMatchObject({
      code: 'project.newer',
      params: { path: dir, found: newest + 1, supported: newest },
    });
    expect(readFileSync(join(dir, 'graft.db')).equals(before)).toBe(true);
  });

  test('an older project is brought up to date and a copy of it is kept', () => {
    const dir = freshFolder();
    const old = createProject(dir, 'Old');
    old.items.addCollection('main');
    old.items.insert(anItem('a.jpg'));
    old.close();
    openProject(dir, { steps: [...migrations, nextStep] }).close();
    const copy = new Database(join(dir, `graft.db.before-${String(newest + 1).padStart(4, '0')}`), {
      readonly: true,
    });
    expect(copy.pragma('user_version', { simple: true })).toBe(newest);
    expect(copy.prepare('SELECT path FROM items').pluck().all()).toEqual(['a.jpg']);
    copy.close();
    const now = new Database(join(dir, 'graft.db'), { readonly: true });
    expect(now.pragma('user_version', { simple: true })).toBe(newest + 1);
    expect(now.prepare('SELECT note FROM items').pluck().all()).toEqual([null]);
    now.close();
  });

  test('a project of the first version keeps its items and gets the tables of checks', () => {
    const dir = freshFolder();
    const db = new Database(join(dir, 'graft.db'));
    migrate(db, dir, migrations.slice(0, 1));
    db.exec(`INSERT INTO project (id, name, created_at) VALUES (1, 'First', '2026-01-01');
      INSERT INTO collections (name) VALUES ('main');
      INSERT INTO items (path, source, collection_id, status, width, height, bytes, format, sha256, dhash, added_at)
      VALUES ('a.jpg', 'a.jpg', 1, 'ok', 1, 1, 1, 'jpeg', 'x', '', '2026-01-01')`);
    db.close();
    const store = openProject(dir);
    expect(store.checks.items().map(({ path }) => path)).toEqual(['a.jpg']);
    expect(store.checks.last()).toBeUndefined();
    store.close();
  });

  test('a project of the third version keeps what its runs were trained with, and gets keys and colours', () => {
    const dir = freshFolder();
    const db = new Database(join(dir, 'graft.db'));
    migrate(db, dir, migrations.slice(0, 3));
    const recipe = JSON.stringify(defaultRecipe('scratch-cnn', null, 48));
    db.exec(`INSERT INTO project (id, name, created_at) VALUES (1, 'Third', '2026-01-01');
      INSERT INTO classes (name, position) VALUES ('b', 1), ('a', 0)`);
    db.prepare(
      `INSERT INTO runs (id, number, name, status, recipe, classes, created_at, seconds)
      VALUES ('r', 1, 'Run', 'done', ?, '["a","gone","b"]', '2026-01-01', '{}')`,
    ).run(recipe);
    db.close();
    const store = openProject(dir);
    expect(store.runs.byId('r')).toMatchObject({ classes: ['a', 'gone', 'b'], classIds: [2, null, 1] });
    expect(store.classes.all()).toEqual([
      { id: 2, name: 'a', order: 0, color: 0, key: '1' },
      { id: 1, name: 'b', order: 1, color: 1, key: '2' },
    ]);
    store.close();
  });

  test('a step that fails leaves the project as it was, able to be opened', () => {
    const dir = freshFolder();
    createProject(dir, 'Steady').close();
    const broken = { version: newest + 1, sql: 'CREATE TABLE half (a); CREATE TABLE half (a)' };
    expect(() => openProject(dir, { steps: [...migrations, broken] })).toThrow('half');
    const store = openProject(dir);
    expect(store.project.get().name).toBe('Steady');
    store.close();
  });
});

/** Opens or makes a project as the user `nobody`, because root may write anywhere. */
function asNobody(dir: string, code: string): string {
  const script = `const { createProject, openProject } = await import(process.cwd() + '/electron/store/open.ts');
    const dir = ${JSON.stringify(dir)};
    try { ${code}; console.log('no error') } catch (error) { console.log(error.code, JSON.stringify(error.params)) }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    uid: process.getuid?.() === 0 ? 65_534 : undefined,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

describe.skipIf(process.platform === 'win32')('a folder that may not be written', () => {
  test('making a project there names the folder and leaves nothing', () => {
    const parent = freshFolder();
    chmodSync(parent, 0o555);
    expect(asNobody(join(parent, 'new'), `createProject(dir, 'x')`)).toContain('file.unwritable');
    expect(existsSync(join(parent, 'new'))).toBe(false);
  });

  test('opening a project there names the folder and leaves it as it was', () => {
    const parent = freshFolder();
    chmodSync(parent, 0o755);
    const dir = join(parent, 'project');
    createProject(dir, 'Archive').close();
    const readOnly = join(parent, 'read-only');
    mkdirSync(readOnly);
    copyFileSync(join(dir, 'graft.db'), join(readOnly, 'graft.db'));
    chmodSync(readOnly, 0o555);
    const output = asNobody(readOnly, 'openProject(dir)');
    expect(output).toContain('file.unwritable');
    expect(output).toContain(readOnly);
    expect(readdirSync(readOnly)).toEqual(['graft.db']);
  });
});
