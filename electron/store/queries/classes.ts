import type Database from 'better-sqlite3';

export interface ClassRow {
  id: number;
  name: string;
  order: number;
}

/** The classes a person may choose from, in their fixed order. */
export function classQueries(db: Database.Database) {
  const columns = 'id, name, position AS "order"';
  const all = db.prepare<[], ClassRow>(`SELECT ${columns} FROM classes ORDER BY position`);
  const byId = db.prepare<[number], ClassRow>(`SELECT ${columns} FROM classes WHERE id = ?`);
  const byName = db.prepare<[string], ClassRow>(`SELECT ${columns} FROM classes WHERE name = ?`);
  const insert = db.prepare<[string]>(
    'INSERT INTO classes (name, position) VALUES (?, (SELECT coalesce(max(position) + 1, 0) FROM classes))',
  );
  const rename = db.prepare<[string, number]>('UPDATE classes SET name = ? WHERE id = ?');

  return {
    all: () => all.all(),
    byId: (id: number) => byId.get(id),
    byName: (name: string) => byName.get(name),
    /** Adds a class at the end of the order and returns its id. */
    insert: (name: string): number => Number(insert.run(name).lastInsertRowid),
    rename: (id: number, name: string) => void rename.run(name, id),
  };
}
