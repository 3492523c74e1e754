import type Database from 'better-sqlite3';
import type { Split } from '../../../../shared/contract/index.ts';

/** Where an item's file lies and what it is known by. */
export interface ItemFile {
  id: number;
  path: string;
  source: string;
  bytes: number;
  sha256: string;
}

/** What is exported of an item. */
export interface LabelledFile extends ItemFile {
  label: string | null;
  split: Split | null;
}

/** The files behind items, a page at a time: a project has many. */
export function itemFileQueries(db: Database.Database) {
  const after = db.prepare<[number, number], LabelledFile>(`
    SELECT i.id, i.path, i.source, i.bytes, i.sha256, c.name AS label, i.split
    FROM items i LEFT JOIN classes c ON c.id = i.class_id WHERE i.id > ? ORDER BY i.id LIMIT ?`);
  const byIds = db.prepare<[string], ItemFile>(
    'SELECT id, path, source, bytes, sha256 FROM items WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
  );
  const move = db.prepare<[string, string, number]>(
    'UPDATE OR IGNORE items SET path = ?, source = ? WHERE id = ?',
  );
  return {
    /** The next `limit` items after an id, in the order of theirs. */
    after: (id: number, limit: number): LabelledFile[] => after.all(id, limit),
    byIds: (ids: readonly number[]): ItemFile[] => byIds.all(JSON.stringify(ids)),
    /** Says where a file is now; false when another item has that place. */
    move: (id: number, path: string, source: string): boolean => move.run(path, source, id).changes === 1,
  };
}
