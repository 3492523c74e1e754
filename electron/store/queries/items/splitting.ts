import type Database from 'better-sqlite3';
import type { Split } from '../../../../shared/contract/index.ts';

/** What dealing items out to the splits goes by. */
export interface SplittableItem {
  id: number;
  classId: number;
  split: Split | null;
  sha256: string;
  dhash: string;
  /** Where the file was imported from: copies may have been given other names. */
  source: string;
}

/** Labelled, readable, not excluded items, as a split needs them. */
export function splittingQueries(db: Database.Database) {
  const window = db.prepare<[string, number, number], SplittableItem>(`
    SELECT i.id, i.class_id AS classId, i.split, i.sha256, i.dhash, i.source
    FROM items i JOIN collections c ON c.id = i.collection_id
    WHERE c.name = ? AND i.id > ? AND i.class_id IS NOT NULL AND i.status <> 'broken' AND i.excluded = 0
    ORDER BY i.id LIMIT ?`);
  return {
    /** The next items of a collection after an id. */
    window: (collection: string, after: number, limit: number): SplittableItem[] =>
      window.all(collection, after, limit),
  };
}
