import type Database from 'better-sqlite3';

/** The columns of an item that a person changes, and that undo takes back. */
export type EditedField = 'class_id' | 'split' | 'excluded';
export type EditedValue = string | number | null;

export interface EditDone {
  action: string;
  changed: number;
}

interface EditRow {
  id: number;
  action: string;
  field: EditedField;
}

/**
 * The history of labels, splits and exclusions. One edit is what a person did at once; it is undone and
 * redone as a whole, across restarts. A new edit drops what was undone before it.
 */
export function editQueries(db: Database.Database) {
  const insertEdit = db.prepare<[string, string, string]>(
    'INSERT INTO edits (action, field, made_at) VALUES (?, ?, ?)',
  );
  const dropUndone = db.prepare('DELETE FROM edits WHERE undone = 1');
  const dropEmpty = db.prepare<[number]>('DELETE FROM edits WHERE id = ?');
  const mark = db.prepare<[number, number]>('UPDATE edits SET undone = ? WHERE id = ?');
  const lastDone = db.prepare<[], EditRow>(
    'SELECT id, action, field FROM edits WHERE undone = 0 ORDER BY id DESC LIMIT 1',
  );
  const firstUndone = db.prepare<[], EditRow>(
    'SELECT id, action, field FROM edits WHERE undone = 1 ORDER BY id LIMIT 1',
  );
  const perField = {
    class_id: fieldStatements(db, 'class_id'),
    split: fieldStatements(db, 'split'),
    excluded: fieldStatements(db, 'excluded'),
  };

  /** Writes the new values of items that differ from what they have; returns how many did. */
  function record(action: string, field: EditedField, values: Iterable<[number, EditedValue]>): number {
    dropUndone.run();
    const edit = Number(insertEdit.run(action, field, new Date().toISOString()).lastInsertRowid);
    let changed = 0;
    for (const [item, value] of values) {
      const noted = perField[field].note.run({ edit, item, value });
      if (noted.changes === 0) continue;
      perField[field].write.run(value, item);
      changed++;
    }
    if (changed === 0) dropEmpty.run(edit);
    return changed;
  }

  function replay(row: EditRow | undefined, side: 'before' | 'after'): EditDone | undefined {
    if (!row) return undefined;
    const changed = perField[row.field][side].run(row.id).changes;
    mark.run(side === 'before' ? 1 : 0, row.id);
    return { action: row.action, changed };
  }

  return {
    record: db.transaction(record),
    /** Takes back the last edit; undefined when there is none. */
    undo: db.transaction(() => replay(lastDone.get(), 'before')),
    /** Does the last undone edit again; undefined when there is none. */
    redo: db.transaction(() => replay(firstUndone.get(), 'after')),
  };
}

function fieldStatements(db: Database.Database, field: EditedField) {
  const restore = (side: 'before' | 'after') =>
    db.prepare<[number]>(
      `UPDATE items SET ${field} = e.${side} FROM edit_items e WHERE e.edit_id = ? AND e.item_id = items.id`,
    );
  return {
    note: db.prepare<[{ edit: number; item: number; value: EditedValue }]>(`
      INSERT INTO edit_items (edit_id, item_id, before, after)
      SELECT @edit, id, ${field}, @value FROM items WHERE id = @item AND ${field} IS NOT @value`),
    write: db.prepare<[EditedValue, number]>(`UPDATE items SET ${field} = ? WHERE id = ?`),
    before: restore('before'),
    after: restore('after'),
  };
}
