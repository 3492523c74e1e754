import type Database from 'better-sqlite3';

export interface AuditEntry {
  at: string;
  action: string;
  detail: Record<string, unknown>;
}

/** What was done to the project and when: imports, runs, deletions. Only ever added to. */
export function auditQueries(db: Database.Database) {
  const insert = db.prepare<[string, string, string]>(
    'INSERT INTO audit (at, action, detail) VALUES (?, ?, ?)',
  );
  const all = db.prepare<[], { at: string; action: string; detail: string }>(
    'SELECT at, action, detail FROM audit ORDER BY id',
  );
  return {
    note: (action: string, detail: Record<string, unknown> = {}) =>
      void insert.run(new Date().toISOString(), action, JSON.stringify(detail)),
    all: (): AuditEntry[] =>
      all.all().map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> })),
  };
}
