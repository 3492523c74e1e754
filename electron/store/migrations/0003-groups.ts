import type { Migration } from './migration.ts';

/**
 * What a manifest says of an item beyond its label and split (patient, camera, session), so that a split can keep
 * what belongs together on one side; and groups of runs that answer one question together (the folds of a
 * cross-validation, repeats over seeds, a sweep). What kinds there are and what `params` hold is the contract's
 * affair: no CHECK, so that a new kind needs no new schema.
 */
export const groups: Migration = {
  version: 3,
  sql: `
CREATE TABLE item_attributes (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (item_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_attributes_values ON item_attributes (name, value, item_id);

CREATE TABLE run_groups (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  params TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL
) STRICT;
ALTER TABLE runs ADD COLUMN group_id TEXT REFERENCES run_groups (id) ON DELETE SET NULL;
CREATE INDEX runs_group ON runs (group_id);
`,
};
