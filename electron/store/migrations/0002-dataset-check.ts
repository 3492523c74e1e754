import type { Migration } from './migration.ts';

/**
 * What the last check of the data found, and what a person has said to keep as it is. `key` names a finding across
 * checks: the same finding is not told again. `class_id` is the label an item had when it was checked.
 */
export const datasetCheck: Migration = {
  version: 2,
  sql: `
CREATE TABLE checks (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  made_at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  items INTEGER NOT NULL,
  examined INTEGER NOT NULL,
  backbone TEXT NOT NULL,
  skipped TEXT NOT NULL,
  seconds REAL NOT NULL
) STRICT;

CREATE TABLE findings (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  score REAL,
  suggested_class INTEGER REFERENCES classes (id) ON DELETE CASCADE,
  params TEXT NOT NULL DEFAULT '{}',
  UNIQUE (kind, key)
) STRICT;
CREATE TABLE finding_items (
  finding_id INTEGER NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  class_id INTEGER,
  PRIMARY KEY (finding_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_findings (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  kept_at TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
`,
};
