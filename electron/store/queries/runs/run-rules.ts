import type Database from 'better-sqlite3';

export type RuleKind = 'operating-point' | 'prediction-sets' | 'novelty';

/** How a run decides, as a person has set it: one rule of each kind, as JSON. */
export function runRuleQueries(db: Database.Database) {
  const put = db.prepare<[string, RuleKind, string, string]>(
    'INSERT OR REPLACE INTO run_rules (run_id, kind, body, made_at) VALUES (?, ?, ?, ?)',
  );
  const get = db
    .prepare<[string, RuleKind], string>('SELECT body FROM run_rules WHERE run_id = ? AND kind = ?')
    .pluck();
  const remove = db.prepare<[string, RuleKind]>('DELETE FROM run_rules WHERE run_id = ? AND kind = ?');
  return {
    put: (run: string, kind: RuleKind, rule: object) =>
      void put.run(run, kind, JSON.stringify(rule), new Date().toISOString()),
    /** Parsed JSON; undefined where there is none. */
    get(run: string, kind: RuleKind): unknown {
      const body = get.get(run, kind);
      return body === undefined ? undefined : JSON.parse(body);
    },
    remove: (run: string, kind: RuleKind) => void remove.run(run, kind),
  };
}
