import type Database from 'better-sqlite3';

export interface ClassRow {
  id: number;
  name: string;
  /** Position in every list. */
  order: number;
  /** Position in the fixed sequence of colours. */
  color: number;
  /** The key that labels with it, `1` to `9` or `A` to `Z`. */
  key: string | null;
}

/** A class with whether it was removed: a removed one keeps its row, for undo and for the runs that know it. */
export interface ClassState extends ClassRow {
  removed: boolean;
}

type StoredClass = ClassRow & { removed: number };

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** The classes a person may choose from, in their order. */
export function classQueries(db: Database.Database) {
  const columns = 'id, name, position AS "order", color, hotkey AS "key", removed';
  const every = db.prepare<[], StoredClass>(`SELECT ${columns} FROM classes ORDER BY position, id`);
  const byId = db.prepare<[number], StoredClass>(`SELECT ${columns} FROM classes WHERE id = ?`);
  const byName = db.prepare<[string], StoredClass>(`SELECT ${columns} FROM classes WHERE name = ?`);
  const insert = db.prepare<[string]>('INSERT INTO classes (name, position, removed) VALUES (?, 0, 1)');
  const write = db.prepare<[StoredClass]>(`
    UPDATE classes SET name = @name, position = @order, color = @color, hotkey = @key, removed = @removed
    WHERE id = @id`);
  const runs = db
    .prepare<[number], number>(
      'SELECT count(*) FROM runs WHERE EXISTS (SELECT 1 FROM json_each(class_ids) WHERE value = ?)',
    )
    .pluck();

  const states = (): ClassState[] => every.all().map((row) => toState(row));
  const all = (): ClassRow[] => states().flatMap(live);
  const put = (state: ClassState) => void write.run({ ...state, removed: Number(state.removed) });

  /** A removed class gives its name away and is numbered. */
  function freeName(name: string): void {
    const holder = byName.get(name);
    if (holder?.removed !== 1) return;
    const taken = new Set(states().map((state) => state.name));
    put({ ...toState(holder), name: numbered(name, taken) });
  }

  function begin(name: string): ClassState {
    const id = byName.get(name)?.id ?? Number(insert.run(name).lastInsertRowid);
    const others = all();
    return {
      id,
      name,
      order: Math.max(-1, ...others.map(({ order }) => order)) + 1,
      color: firstFree(others.map(({ color }) => color)),
      key: DIGITS.find((digit) => others.every(({ key }) => key !== digit)) ?? null,
      removed: false,
    };
  }

  return {
    all,
    byId: (id: number): ClassRow | undefined => live(toState(byId.get(id)))[0],
    byName: (name: string): ClassRow | undefined => live(toState(byName.get(name)))[0],
    /** How a new class begins: last in the order, with the first free colour and digit. A removed one of its name returns. */
    begin,
    /** Adds a class outside the history, as an import does, and returns its id. */
    insert(name: string): number {
      const state = begin(name);
      put(state);
      return state.id;
    },
    states,
    put,
    freeName,
    /** How many runs were trained with a class. */
    runs: (id: number): number => runs.get(id) ?? 0,
  };
}

function toState(row: StoredClass): ClassState;
function toState(row: StoredClass | undefined): ClassState | undefined;
function toState(row: StoredClass | undefined): ClassState | undefined {
  return row && { ...row, removed: row.removed === 1 };
}

/** The class a person sees; nothing of a removed one. */
function live(state: ClassState | undefined): ClassRow[] {
  if (!state || state.removed) return [];
  const { removed: _removed, ...row } = state;
  return [row];
}

function firstFree(taken: readonly number[]): number {
  let free = 0;
  while (taken.includes(free)) free++;
  return free;
}

/** The name, or with the first number that nobody has. */
export function numbered(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} (${number})`)) number++;
  return `${name} (${number})`;
}
