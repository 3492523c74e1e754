import type Database from 'better-sqlite3';

export interface WatchedFolderRow {
  id: number;
  /** As stored: relative to the project where it lies in or beside it. */
  path: string;
  collection: string;
  copy: boolean;
}

/** Folders whose new files become items by themselves. */
export function watchedFolderQueries(db: Database.Database) {
  const all = db.prepare<[], Omit<WatchedFolderRow, 'copy'> & { copy: number }>(
    'SELECT id, path, collection, copy FROM watched_folders ORDER BY id',
  );
  const put = db.prepare<[string, string, number, string]>(`
    INSERT INTO watched_folders (path, collection, copy, added_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET collection = excluded.collection, copy = excluded.copy`);
  const move = db.prepare<[string, number]>('UPDATE OR IGNORE watched_folders SET path = ? WHERE id = ?');
  const remove = db.prepare<[number]>('DELETE FROM watched_folders WHERE id = ?');
  return {
    all: (): WatchedFolderRow[] => all.all().map((row) => ({ ...row, copy: row.copy === 1 })),
    /** Adds a folder; one that is watched already gets the new collection and way of storing. */
    put: ({ path, collection, copy }: Omit<WatchedFolderRow, 'id'>): void =>
      void put.run(path, collection, copy ? 1 : 0, new Date().toISOString()),
    move: (id: number, path: string): void => void move.run(path, id),
    remove: (id: number): void => void remove.run(id),
  };
}
