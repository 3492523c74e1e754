import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GraftError } from '../../shared/errors.ts';
import { sqliteError } from './sqlite-error.ts';

export interface ProjectLock {
  release(): void;
}

/**
 * Takes the project for this process, so that no two write to it. The lock is SQLite's own lock on an
 * empty file `graft.lock`: the system drops it with the process, so one left by a crash is never in the way.
 * @throws GraftError project.locked, file.unwritable
 */
export function lockProject(dir: string): ProjectLock {
  let db: Database.Database | undefined;
  try {
    db = new Database(join(dir, 'graft.lock'), { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    const held = db;
    return { release: () => held.close() };
  } catch (error) {
    db?.close();
    if (sqliteError(error).startsWith('SQLITE_BUSY')) throw new GraftError('project.locked', { path: dir });
    throw new GraftError('file.unwritable', { path: dir, detail: sqliteError(error) }, { cause: error });
  }
}
