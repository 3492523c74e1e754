import type { Migration } from './migration.ts';

/**
 * What was worked out about predictions (resampling is long), and how a person has a run decide: the threshold of an
 * operating point, prediction sets, the distance of pictures it does not know.
 */
export const runScores: Migration = {
  version: 12,
  sql: `
CREATE TABLE evaluations (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  collection TEXT NOT NULL,
  split TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (run_id, collection, split)
) STRICT;

CREATE TABLE run_rules (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('operating-point', 'prediction-sets', 'novelty')),
  body TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (run_id, kind)
) STRICT, WITHOUT ROWID;
`,
};
