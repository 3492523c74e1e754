import type Database from 'better-sqlite3';
import type { Item, Split } from '../../../../shared/contract/index.ts';

/** An item as the contract shows it; `path` as stored: relative to the project with `/`, or absolute. */
export type ItemRow = Item & { format: string; sha256: string };

export interface NewItem {
  path: string;
  /** Where the file was imported from, in the same form as `path`: tells what is known already. */
  source: string;
  classId: number | null;
  split: Split | null;
  collection: string;
  status: Item['status'];
  reasons: string[];
  width: number;
  height: number;
  bytes: number;
  format: string;
  sha256: string;
  dhash: string;
}

/** What training and evaluation need of a labelled item that can be used. */
export interface UsableItem {
  id: number;
  path: string;
  sha256: string;
  classId: number;
  split: Split | null;
}

interface StoredItem {
  id: number;
  path: string;
  classId: number | null;
  split: Split | null;
  collection: string;
  status: Item['status'];
  reasons: string;
  excluded: number;
  width: number;
  height: number;
  bytes: number;
  format: string;
  sha256: string;
}

const COLUMNS = `i.id, i.path, i.class_id AS classId, i.split, c.name AS collection, i.status, i.reasons,
  i.excluded, i.width, i.height, i.bytes, i.format, i.sha256`;

/** The pictures of the project. */
export function itemQueries(db: Database.Database) {
  const addCollection = db.prepare<[string]>('INSERT OR IGNORE INTO collections (name) VALUES (?)');
  const insert = db.prepare<[NewItem & { reasonsJson: string; at: string }]>(`
    INSERT OR IGNORE INTO items (path, source, class_id, split, collection_id, status, reasons, width, height,
      bytes, format, sha256, dhash, added_at)
    VALUES (@path, @source, @classId, @split, (SELECT id FROM collections WHERE name = @collection), @status,
      @reasonsJson, @width, @height, @bytes, @format, @sha256, @dhash, @at)`);
  const byIds = db.prepare<[string], StoredItem>(`
    SELECT ${COLUMNS} FROM json_each(?) wanted JOIN items i ON i.id = wanted.value
    JOIN collections c ON c.id = i.collection_id ORDER BY wanted.key`);
  const known = db
    .prepare<[string], string>('SELECT source FROM items WHERE source IN (SELECT value FROM json_each(?))')
    .pluck();
  const bySources = db.prepare<[string], { id: number; source: string }>(
    'SELECT id, source FROM items WHERE source IN (SELECT value FROM json_each(?))',
  );
  const usable = db.prepare<{ collection: string | null }, UsableItem>(`
    SELECT i.id, i.path, i.sha256, i.class_id AS classId, i.split
    FROM items i JOIN collections c ON c.id = i.collection_id
    WHERE i.class_id IS NOT NULL AND i.status <> 'broken' AND i.excluded = 0
      AND (@collection IS NULL OR c.name = @collection)
    ORDER BY i.id`);
  const ofClass = db.prepare<[number], number>('SELECT id FROM items WHERE class_id = ? ORDER BY id').pluck();
  const setSplit = db.prepare<[Split | null, number]>('UPDATE items SET split = ? WHERE id = ?');

  return {
    /** Makes sure a collection of this name exists. */
    addCollection: (name: string) => void addCollection.run(name),
    /** Adds an item and returns its id; undefined when its path or source is in the project already. */
    insert(item: NewItem): number | undefined {
      const row = { ...item, reasonsJson: JSON.stringify(item.reasons), at: new Date().toISOString() };
      const { changes, lastInsertRowid } = insert.run(row);
      return changes === 1 ? Number(lastInsertRowid) : undefined;
    },
    /** The items of these ids that exist, in the order asked for. */
    byIds: (ids: readonly number[]): ItemRow[] => byIds.all(JSON.stringify(ids)).map(toItem),
    /** Those of the given sources that are items already. */
    known: (sources: readonly string[]): Set<string> => new Set(known.all(JSON.stringify(sources))),
    /** The items that were imported from the given sources. */
    bySources: (sources: readonly string[]) => bySources.all(JSON.stringify(sources)),
    /** Labelled, readable, not excluded items of a collection (null: of all), in the order they came. */
    usable: (collection: string | null): UsableItem[] => usable.all({ collection }),
    /** Ids of the items labelled as a class. */
    ofClass: (classId: number): number[] => ofClass.all(classId),
    /** Sets a split outside the history: what an import deals out is no edit to be undone. */
    setSplit: (id: number, split: Split | null) => void setSplit.run(split, id),
  };
}

function toItem(row: StoredItem): ItemRow {
  return {
    ...row,
    name: row.path.slice(Math.max(row.path.lastIndexOf('/'), row.path.lastIndexOf('\\')) + 1),
    reasons: JSON.parse(row.reasons) as string[],
    excluded: row.excluded === 1,
  };
}
