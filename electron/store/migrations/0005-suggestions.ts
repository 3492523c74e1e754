import type { Migration } from './migration.ts';

/**
 * What a head on a frozen backbone thinks of every item, made anew after each batch of labels: therefore one row of
 * little-endian blobs in the order of `ids`, instead of a row for each of 100,000 items. `item_classes` are class ids
 * (-1: none), `ranks` places in the labelling queue (-1: not in it).
 */
export const suggestions: Migration = {
  version: 5,
  sql: `
CREATE TABLE suggestions (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  made_at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  backbone TEXT NOT NULL,
  weights TEXT NOT NULL,
  labels INTEGER NOT NULL,
  classes INTEGER NOT NULL,
  seconds REAL NOT NULL,
  judged_at INTEGER NOT NULL,
  judged INTEGER NOT NULL,
  agreeing INTEGER NOT NULL,
  ids BLOB NOT NULL,
  item_classes BLOB NOT NULL,
  probabilities BLOB NOT NULL,
  ranks BLOB NOT NULL
) STRICT;
`,
};
