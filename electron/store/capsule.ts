import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { GraftError } from '../../shared/errors.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { DATABASE } from './open.ts';
import { orUnwritable, sqliteError } from './sqlite-error.ts';

/** A picture and where it lies in the capsule. */
export interface CapsulePicture {
  id: number;
  path: string;
}

/** What a run needs of a database, in an order in which nothing refers to what comes later; `?` are the ids. */
const parts: [table: string, where: string][] = [
  ['project', 'true'],
  ['classes', 'true'],
  ['items', 'id IN (SELECT value FROM json_each(@items))'],
  ['collections', 'id IN (SELECT collection_id FROM main.items)'],
  ['item_attributes', 'item_id IN (SELECT value FROM json_each(@items))'],
  ['runs', 'id IN (SELECT value FROM json_each(@runs))'],
  ['epochs', 'run_id IN (SELECT value FROM json_each(@runs))'],
  ['predictions', 'run_id IN (SELECT value FROM json_each(@runs))'],
  ['evaluations', 'run_id IN (SELECT value FROM json_each(@runs))'],
  ['run_rules', 'run_id IN (SELECT value FROM json_each(@runs))'],
  ['summaries', 'run_id IN (SELECT value FROM json_each(@runs))'],
];

/**
 * Writes a database with these runs and pictures of the project in `dir` and nothing else: no history, no other run,
 * no path of this computer. Ids stay, so that hashes over them do.
 * @throws GraftError file.unwritable
 */
export function writeCapsuleDatabase(
  dir: string,
  target: string,
  runs: readonly string[],
  pictures: readonly CapsulePicture[],
): void {
  orUnwritable(dirname(target), () => {
    const db = new Database(target);
    try {
      db.pragma('foreign_keys = OFF');
      migrate(db, dirname(target), migrations);
      db.prepare('ATTACH DATABASE ? AS source').run(join(dir, DATABASE));
      db.transaction(() => copyParts(db, runs, pictures))();
      db.exec('DETACH DATABASE source');
    } finally {
      db.close();
    }
  });
}

function copyParts(
  db: Database.Database,
  runs: readonly string[],
  pictures: readonly CapsulePicture[],
): void {
  const ids = {
    runs: JSON.stringify(runs),
    items: JSON.stringify(pictures.map(({ id }) => id)),
  };
  for (const [table, where] of parts) {
    const used = Object.fromEntries(Object.entries(ids).filter(([name]) => where.includes(`@${name}`)));
    db.prepare(`INSERT INTO main.${table} SELECT * FROM source.${table} WHERE ${where}`).run(used);
  }
  const move = db.prepare('UPDATE items SET path = @path, source = @path WHERE id = @id');
  for (const picture of pictures) move.run(picture);
  letGoOfMissing(db);
}

/** A row that refers to what stayed behind (the group of a run) refers to nothing instead. */
function letGoOfMissing(db: Database.Database): void {
  const dangling = db.pragma('foreign_key_check') as { table: string; rowid: number; fkid: number }[];
  for (const { table, rowid, fkid } of dangling) {
    const keys = db.pragma(`foreign_key_list(${table})`) as { id: number; from: string }[];
    const column = keys.find(({ id }) => id === fkid)?.from;
    if (column) db.prepare(`UPDATE ${table} SET ${column} = NULL WHERE rowid = ?`).run(rowid);
  }
}

/** Names that a database of a capsule may hold: they become parts of paths. */
const itemPath = /^items\/\d{1,15}\.[a-z0-9]{1,8}$/;
const runId = /^[\w-]{1,100}$/;

/**
 * Looks at the database of a capsule before it is opened as a project: sound, ours, of a schema that Graft itself made
 * (no trigger or view of somebody else's), and with no path that leads out of the project.
 * @throws GraftError capsule.altered, project.newer
 */
export function checkCapsuleDatabase(file: string, dir: string, run: string): void {
  const refuse = (detail: string) =>
    new GraftError('capsule.altered', { path: file, entry: DATABASE, detail });
  const path = join(dir, DATABASE);
  if (!existsSync(path)) throw refuse('missing');
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    const version = schemaVersion(db);
    const newest = migrations.at(-1)?.version ?? 0;
    if (version > newest)
      throw new GraftError('project.newer', { path: file, found: version, supported: newest });
    if (schemaOf(db) !== schemaAt(version)) throw refuse('a schema that is not Graft’s');
    if (String(db.pragma('integrity_check(1)', { simple: true })) !== 'ok') throw refuse('damaged');
    const texts = (sql: string) => (db as Database.Database).prepare<[], string>(sql).pluck().all();
    const stray = texts('SELECT path FROM items UNION ALL SELECT source FROM items').find(
      (one) => !itemPath.test(one),
    );
    if (stray !== undefined) throw refuse(`a picture at ${stray}`);
    const runs = texts('SELECT id FROM runs');
    if (!runs.every((id) => runId.test(id)) || !runs.includes(run)) throw refuse('its runs');
  } catch (error) {
    if (error instanceof GraftError) throw error;
    throw refuse(sqliteError(error));
  } finally {
    db?.close();
  }
}

const schemaOf = (db: Database.Database): string =>
  JSON.stringify(db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name').all());

function schemaAt(version: number): string {
  const db = new Database(':memory:');
  try {
    const steps = migrations.filter((step) => step.version <= version);
    migrate(db, '', steps);
    return schemaOf(db);
  } finally {
    db.close();
  }
}
