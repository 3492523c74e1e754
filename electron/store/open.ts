import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { GraftError } from '../../shared/errors.ts';
import { lockProject } from './lock.ts';
import { APPLICATION_ID, migrate, schemaVersion } from './migrate.ts';
import { migrations, type Migration } from './migrations/index.ts';
import { orUnwritable, sqliteError } from './sqlite-error.ts';
import { makeStore, type Store } from './store.ts';

export const DATABASE = 'graft.db';
/** How long a query waits for another connection (a backup tool reading along), in ms. */
const BUSY_TIMEOUT = 5000;

export interface OpenOptions {
  /** The schema's steps; tests pass fewer or more. */
  steps?: readonly Migration[];
}

/** The project folder a path means: the folder itself, or the one its `graft.db` lies in. */
export function projectFolder(path: string): string {
  const full = resolve(path);
  return basename(full) === DATABASE ? dirname(full) : full;
}

/**
 * Makes a new project in `dir` (made if needed) and opens it. The database appears under its name only
 * once it is whole.
 * @throws GraftError project.exists, project.locked, file.unwritable
 */
export function createProject(dir: string, name: string, options: OpenOptions = {}): Store {
  if (existsSync(join(dir, DATABASE))) throw new GraftError('project.exists', { path: dir });
  const firstMade = orUnwritable(dir, () => mkdirSync(dir, { recursive: true }));
  const part = join(dir, `.${DATABASE}.${randomBytes(4).toString('hex')}.part`);
  try {
    orUnwritable(dir, () => writeEmptyProject(part, dir, name, options.steps ?? migrations));
    orUnwritable(dir, () => renameSync(part, join(dir, DATABASE)));
  } catch (error) {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(part + ending, { force: true });
    if (firstMade) rmSync(firstMade, { recursive: true, force: true });
    throw error;
  }
  return openProject(dir, options);
}

/**
 * Opens the project in `dir`: takes its lock, checks that the database is sound, and brings it to
 * today's schema, keeping a copy first.
 * @throws GraftError project.none, project.locked, project.not-one, project.damaged, project.newer, file.unwritable
 */
export function openProject(dir: string, { steps = migrations }: OpenOptions = {}): Store {
  const path = join(dir, DATABASE);
  if (!existsSync(path) || !statSync(path).isFile()) throw new GraftError('project.none', { path: dir });
  checkBeforeWriting(path, dir, steps);
  const lock = lockProject(dir);
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT });
    const opened = db;
    orUnwritable(dir, () => configure(opened));
    checkSound(opened, path);
    orUnwritable(dir, () => migrate(opened, dir, steps));
    return makeStore(opened, dir, () => lock.release());
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}

function writeEmptyProject(part: string, dir: string, name: string, steps: readonly Migration[]): void {
  const db = new Database(part);
  try {
    migrate(db, dir, steps);
    db.prepare('INSERT INTO project (id, name, created_at) VALUES (1, ?, ?)').run(
      name,
      new Date().toISOString(),
    );
  } finally {
    db.close();
  }
  const file = openSync(part, 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** Looks at the file before anything is written beside it: a foreign or newer file is left as it is. */
function checkBeforeWriting(path: string, dir: string, steps: readonly Migration[]): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
    const application = Number(db.pragma('application_id', { simple: true }));
    if (application !== APPLICATION_ID) {
      throw new GraftError('project.not-one', { path, detail: 'application id' });
    }
    const found = schemaVersion(db);
    const supported = steps.at(-1)?.version ?? 0;
    if (found > supported) throw new GraftError('project.newer', { path: dir, found, supported });
  } catch (error) {
    throw unreadable(error, path);
  } finally {
    db?.close();
  }
}

function unreadable(error: unknown, path: string): unknown {
  const detail = sqliteError(error);
  if (detail === 'SQLITE_NOTADB') return new GraftError('project.not-one', { path, detail });
  if (detail.startsWith('SQLITE_CORRUPT')) return new GraftError('project.damaged', { path, detail });
  // WAL files that cannot be made beside a database in a read-only folder: `lockProject` says so better.
  if (detail.startsWith('SQLITE_CANTOPEN') || detail.startsWith('SQLITE_READONLY')) {
    return new GraftError('file.unwritable', { path: dirname(path), detail });
  }
  return error;
}

/** FULL: a commit the user saw also survives a power cut, not only a killed process. */
function configure(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
}

function checkSound(db: Database.Database, path: string): void {
  const verdict = firstVerdict(db);
  if (verdict !== 'ok') throw new GraftError('project.damaged', { path, detail: verdict });
}

function firstVerdict(db: Database.Database): string {
  try {
    return String(db.pragma('quick_check(1)', { simple: true }));
  } catch (error) {
    return sqliteError(error);
  }
}
