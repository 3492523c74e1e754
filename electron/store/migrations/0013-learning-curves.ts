import type { Migration } from './migration.ts';

/** Learning curves with their forecasts as JSON; `collection` is empty for all items. */
export const learningCurves: Migration = {
  version: 13,
  sql: `
CREATE TABLE learning_curves (
  id INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  made_at TEXT NOT NULL,
  curve TEXT NOT NULL
) STRICT;
`,
};
