import type { Migration } from './migration.ts';

/**
 * What was estimated of every installed backbone before training, on which data, so that it can be held against what
 * runs reached later. `backbones` holds the estimates as JSON.
 */
export const transferAdvice: Migration = {
  version: 14,
  sql: `
CREATE TABLE transfer_advice (
  id INTEGER PRIMARY KEY,
  made_at TEXT NOT NULL,
  collection TEXT,
  revision INTEGER NOT NULL,
  split_hash TEXT NOT NULL,
  classes INTEGER NOT NULL,
  seconds REAL NOT NULL,
  backbones TEXT NOT NULL,
  failed TEXT NOT NULL
) STRICT;
`,
};
