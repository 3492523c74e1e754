import type Database from 'better-sqlite3';

/** Learning curves with their forecasts, kept so that they can be held against what came. */
export function learningCurveQueries(db: Database.Database) {
  const put = db.prepare<[string, string, string]>(
    'INSERT INTO learning_curves (collection, made_at, curve) VALUES (?, ?, ?)',
  );
  const newest = db
    .prepare<[string, number], string>(
      'SELECT curve FROM learning_curves WHERE collection = ? ORDER BY id DESC LIMIT ?',
    )
    .pluck();
  return {
    put: (collection: string | null, curve: { at: string }) =>
      void put.run(collection ?? '', curve.at, JSON.stringify(curve)),
    /** As JSON, the newest first. */
    newest: (collection: string | null, most: number) => newest.all(collection ?? '', most),
  };
}
