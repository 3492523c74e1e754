import type { Migration } from './migration.ts';

/** Who has looked at results on the test split, when and from where; and whether it is sealed. */
export const testLooks: Migration = {
  version: 11,
  sql: `
CREATE TABLE test_looks (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  run_number INTEGER NOT NULL,
  via TEXT NOT NULL,
  session TEXT NOT NULL,
  UNIQUE (run_id, session)
) STRICT;
ALTER TABLE project ADD COLUMN test_sealed INTEGER NOT NULL DEFAULT 0 CHECK (test_sealed IN (0, 1));
`,
};
