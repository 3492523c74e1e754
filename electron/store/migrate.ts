import { join } from 'node:path';
import { rmSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { GraftError } from '../../shared/errors.ts';
import { addFunctions } from './functions.ts';
import type { Migration } from './migrations/index.ts';

/** "GRFT" in a database's header: tells a project from any other SQLite file. */
export const APPLICATION_ID = 0x47524654;

/** The version of the schema a database is at; 0 when it is empty. */
export function schemaVersion(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Brings a database to the newest schema, one transaction a step, and keeps a copy of what was there
 * before as `graft.db.before-0002` (the number of the first step taken).
 * @throws GraftError project.newer when it was made by a later version of Graft
 */
export function migrate(db: Database.Database, dir: string, steps: readonly Migration[]): void {
  addFunctions(db);
  const from = schemaVersion(db);
  const newest = steps.at(-1)?.version ?? 0;
  if (from > newest) {
    throw new GraftError('project.newer', { path: dir, found: from, supported: newest });
  }
  const pending = steps.filter(({ version }) => version > from);
  if (pending[0] && from > 0) keepCopy(db, dir, pending[0].version);
  for (const step of pending) takeStep(db, step);
}

function takeStep(db: Database.Database, { version, sql }: Migration): void {
  db.transaction(() => {
    db.exec(sql);
    db.pragma(`user_version = ${version}`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/** A copy of an earlier try of the same step is replaced: the database it was taken from is still the same. */
function keepCopy(db: Database.Database, dir: string, version: number): void {
  const copy = join(dir, `graft.db.before-${String(version).padStart(4, '0')}`);
  rmSync(copy, { force: true });
  db.prepare('VACUUM INTO ?').run(copy);
}
