import type Database from 'better-sqlite3';
import type { Split } from '../../../../shared/contract/index.ts';

/**
 * What was worked out about the predictions of a run for a collection and a split, as JSON; `collection` is empty for
 * the data the run was trained on. New predictions of a run empty it: see `predictionQueries`.
 */
export function evaluationQueries(db: Database.Database) {
  const put = db.prepare<[string, string, Split, string, string]>(`
    INSERT OR REPLACE INTO evaluations (run_id, collection, split, body, made_at) VALUES (?, ?, ?, ?, ?)`);
  const get = db
    .prepare<[string, string, Split], string>(
      'SELECT body FROM evaluations WHERE run_id = ? AND collection = ? AND split = ?',
    )
    .pluck();
  return {
    put: (run: string, collection: string | null, split: Split, body: string) =>
      void put.run(run, collection ?? '', split, body, new Date().toISOString()),
    get: (run: string, collection: string | null, split: Split) => get.get(run, collection ?? '', split),
  };
}
