import type { Migration } from './migration.ts';

/**
 * The first schema. Constants are frozen in here: a migration never changes once it was released.
 *
 * `items_listing` covers every filter of the item grid, so that filtering and ordering 100,000 items
 * reads one index and no table row.
 */
export const firstLight: Migration = {
  version: 1,
  sql: `
CREATE TABLE project (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  last_run_number INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE classes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE collections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL UNIQUE,
  class_id INTEGER REFERENCES classes (id),
  split TEXT CHECK (split IN ('train', 'validation', 'test')),
  collection_id INTEGER NOT NULL REFERENCES collections (id),
  status TEXT NOT NULL CHECK (status IN ('ok', 'warning', 'broken')),
  reasons TEXT NOT NULL DEFAULT '[]',
  excluded INTEGER NOT NULL DEFAULT 0 CHECK (excluded IN (0, 1)),
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  dhash TEXT NOT NULL,
  added_at TEXT NOT NULL
) STRICT;
CREATE INDEX items_listing ON items (path, class_id, split, collection_id, status, excluded);
CREATE INDEX items_counts ON items (collection_id, class_id, split, status, excluded);
CREATE INDEX items_sha256 ON items (sha256);

CREATE TABLE edits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  field TEXT NOT NULL CHECK (field IN ('class_id', 'split', 'excluded')),
  made_at TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;
CREATE TABLE edit_items (
  edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  before ANY,
  after ANY,
  PRIMARY KEY (edit_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'done', 'stopped', 'interrupted', 'failed')),
  recipe TEXT NOT NULL,
  classes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  seconds TEXT NOT NULL,
  images_per_second REAL,
  trainable_params INTEGER,
  frozen_params INTEGER,
  frozen_unchanged INTEGER,
  device TEXT NOT NULL DEFAULT '',
  best_epoch INTEGER,
  error TEXT
) STRICT;

CREATE TABLE epochs (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  loss REAL NOT NULL,
  accuracy REAL NOT NULL,
  val_loss REAL,
  val_accuracy REAL,
  learning_rate REAL NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE predictions (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  collection TEXT NOT NULL,
  split TEXT NOT NULL,
  ids BLOB NOT NULL,
  truths BLOB NOT NULL,
  probabilities BLOB NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (run_id, collection, split)
) STRICT;

CREATE TABLE summaries (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  collection TEXT NOT NULL,
  split TEXT NOT NULL,
  n INTEGER NOT NULL,
  accuracy REAL NOT NULL,
  macro_f1 REAL NOT NULL,
  roc_auc REAL,
  log_loss REAL,
  PRIMARY KEY (run_id, collection, split)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  UNIQUE (run_id, kind, path)
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
`,
};
