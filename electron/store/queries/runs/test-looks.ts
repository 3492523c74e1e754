import type Database from 'better-sqlite3';

export interface TestLook {
  at: string;
  run: string;
  number: number;
  /** Host and screen or command, e.g. `terminal evaluate`. */
  via: string;
}

/**
 * In SQL: whether the test score of a run is not to be seen. What a fold of a cross-validation holds out is not the
 * project's test split.
 */
export const hiddenTest = (run: string, split: string, collection: string): string =>
  `(${split} = 'test' AND ${collection} = '' AND (SELECT test_sealed FROM project) = 1
    AND (SELECT json_extract(recipe, '$.data.folds') FROM runs WHERE id = ${run}) IS NULL)`;

/** Looks at test results. They stay when the run goes: what was seen was seen. */
export function testLookQueries(db: Database.Database) {
  const note = db.prepare<[TestLook & { session: string }]>(`
    INSERT OR IGNORE INTO test_looks (at, run_id, run_number, via, session)
    VALUES (@at, @run, @number, @via, @session)`);
  const counts = db.prepare<[], { looks: number; runs: number }>(
    'SELECT count(*) AS looks, count(DISTINCT run_id) AS runs FROM test_looks',
  );
  const last = db.prepare<[number], TestLook>(
    'SELECT at, run_id AS run, run_number AS number, via FROM test_looks ORDER BY id DESC LIMIT ?',
  );
  const sealed = db.prepare<[], number>('SELECT test_sealed FROM project').pluck();
  const setSealed = db.prepare<[number]>('UPDATE project SET test_sealed = ?');
  return {
    /** A look at the same run in the same session counts once. */
    note: (look: TestLook, session: string) => void note.run({ ...look, session }),
    counts: () => counts.get()!,
    last: (most: number) => last.all(most),
    sealed: (): boolean => sealed.get() === 1,
    setSealed: (value: boolean) => void setSealed.run(Number(value)),
  };
}
