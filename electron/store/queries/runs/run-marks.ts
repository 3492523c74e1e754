import type Database from 'better-sqlite3';

/** What a person says about a run. */
export interface RunMarks {
  starred?: boolean;
  archived?: boolean;
  notes?: string;
}

/** Stars, notes, tags and the archive: they change nothing of what a run is. */
export function runMarkQueries(db: Database.Database) {
  const set = db.prepare<
    [{ id: string; starred: number | null; archived: number | null; notes: string | null }]
  >(`
    UPDATE runs SET starred = coalesce(@starred, starred), archived = coalesce(@archived, archived),
      notes = coalesce(@notes, notes) WHERE id = @id`);
  const notes = db.prepare<[string], string>('SELECT notes FROM runs WHERE id = ?').pluck();
  const addTag = db.prepare<[string, string]>('INSERT OR IGNORE INTO run_tags (run_id, tag) VALUES (?, ?)');
  const removeTag = db.prepare<[string, string]>('DELETE FROM run_tags WHERE run_id = ? AND tag = ?');
  const flag = (value: boolean | undefined) => (value === undefined ? null : Number(value));
  return {
    set: (id: string, marks: RunMarks) =>
      void set.run({
        id,
        starred: flag(marks.starred),
        archived: flag(marks.archived),
        notes: marks.notes ?? null,
      }),
    notes: (id: string) => notes.get(id) ?? '',
    addTag: (id: string, tag: string) => void addTag.run(id, tag),
    removeTag: (id: string, tag: string) => void removeTag.run(id, tag),
  };
}
