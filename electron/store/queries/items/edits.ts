import type Database from 'better-sqlite3';
import { classQueries, numbered, type ClassState } from './classes.ts';

/** The columns of an item that a person changes, and that undo takes back. */
export type EditedField = 'class_id' | 'split' | 'excluded';
export type EditedValue = string | number | null;

export interface EditDone {
  action: string;
  /** How many items. */
  changed: number;
  /** One of the items it was about, to look at; null for an edit of classes alone. */
  item: number | null;
  /** The classes it was about. */
  classes: number[];
}

interface EditRow {
  id: number;
  action: string;
  field: EditedField;
}

/** How an edit leaves the classes it is about. */
export interface ClassesEdit {
  classes?: readonly ClassState[];
  values?: Iterable<[item: number, classId: number | null]>;
}

type Side = 'before' | 'after';

/**
 * The history of labels, splits, exclusions and classes. One edit is what a person did at once; it is undone and
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
  const firstItem = db
    .prepare<[number], number>('SELECT item_id FROM edit_items WHERE edit_id = ? ORDER BY item_id LIMIT 1')
    .pluck();
  const perField = {
    class_id: fieldStatements(db, 'class_id'),
    split: fieldStatements(db, 'split'),
    excluded: fieldStatements(db, 'excluded'),
  };
  const classHistory = classHistoryOf(db);

  function begin(action: string, field: EditedField): number {
    dropUndone.run();
    return Number(insertEdit.run(action, field, new Date().toISOString()).lastInsertRowid);
  }

  function write(edit: number, field: EditedField, values: Iterable<[number, EditedValue]>): number {
    let changed = 0;
    for (const [item, value] of values) {
      const noted = perField[field].note.run({ edit, item, value });
      if (noted.changes === 0) continue;
      perField[field].write.run(value, item);
      changed++;
    }
    return changed;
  }

  function record(action: string, field: EditedField, values: Iterable<[number, EditedValue]>): number {
    const edit = begin(action, field);
    const changed = write(edit, field, values);
    if (changed === 0) dropEmpty.run(edit);
    return changed;
  }

  function recordClasses(action: string, { classes = [], values = [] }: ClassesEdit): number {
    const edit = begin(action, 'class_id');
    const changed = write(edit, 'class_id', values);
    if (classHistory.write(edit, classes) + changed === 0) dropEmpty.run(edit);
    return changed;
  }

  function replay(row: EditRow | undefined, side: Side): EditDone | undefined {
    if (!row) return undefined;
    const changed = perField[row.field][side].run(row.id).changes;
    const classes = classHistory.restore(row.id, side);
    mark.run(side === 'before' ? 1 : 0, row.id);
    return { action: row.action, changed, item: firstItem.get(row.id) ?? null, classes };
  }

  return {
    /** Writes the new values of items that differ from what they have; returns how many did. */
    record: db.transaction(record),
    /** The same for an edit of classes, with the labels that go with it. */
    recordClasses: db.transaction(recordClasses),
    /** Takes back the last edit; undefined when there is none. */
    undo: db.transaction(() => replay(lastDone.get(), 'before')),
    /** Does the last undone edit again; undefined when there is none. */
    redo: db.transaction(() => replay(firstUndone.get(), 'after')),
  };
}

function fieldStatements(db: Database.Database, field: EditedField) {
  const restore = (side: Side) =>
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

/** Classes before and after an edit. Imports add classes outside the history, so what is restored must give way to them. */
function classHistoryOf(db: Database.Database) {
  const queries = classQueries(db);
  const note = db.prepare<[number, number, string, string]>(
    'INSERT INTO edit_classes (edit_id, class_id, before, after) VALUES (?, ?, ?, ?)',
  );
  const sides = {
    before: db.prepare<[number], string>('SELECT before FROM edit_classes WHERE edit_id = ?').pluck(),
    after: db.prepare<[number], string>('SELECT after FROM edit_classes WHERE edit_id = ?').pluck(),
  };
  const isUsed = db.prepare<[number], number>('SELECT 1 FROM items WHERE class_id = ? LIMIT 1').pluck();

  function write(edit: number, classes: readonly ClassState[]): number {
    const known = new Map(queries.states().map((state) => [state.id, state]));
    let changed = 0;
    for (const after of classes) {
      const before = known.get(after.id);
      if (!before || isSame(before, after)) continue;
      note.run(edit, after.id, JSON.stringify(before), JSON.stringify(after));
      queries.put(after);
      changed++;
    }
    return changed;
  }

  function restore(edit: number, side: Side): number[] {
    const states = sides[side].all(edit).map((text) => JSON.parse(text) as ClassState);
    for (const wanted of states) {
      if (wanted.removed && isUsed.get(wanted.id) !== undefined) continue;
      queries.freeName(wanted.name);
      const others = queries.states().filter(({ id }) => id !== wanted.id);
      const keyTaken = others.some(({ key, removed }) => !removed && key !== null && key === wanted.key);
      queries.put({
        ...wanted,
        name: numbered(wanted.name, new Set(others.map(({ name }) => name))),
        key: keyTaken ? null : wanted.key,
      });
    }
    return states.map(({ id }) => id);
  }

  return { write, restore };
}

function isSame(a: ClassState, b: ClassState): boolean {
  return (
    a.name === b.name &&
    a.order === b.order &&
    a.color === b.color &&
    a.key === b.key &&
    a.removed === b.removed
  );
}
