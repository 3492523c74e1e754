import type { Migration } from './migration.ts';

/**
 * How items were dealt into the folds of a cross-validation: a run names its plan and the fold it holds out.
 * `cluster` says what must not part when the rest of the items is dealt into training and validation.
 */
export const folds: Migration = {
  version: 10,
  sql: `
CREATE TABLE fold_items (
  plan TEXT NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  fold INTEGER NOT NULL,
  cluster INTEGER NOT NULL,
  PRIMARY KEY (plan, item_id)
) STRICT, WITHOUT ROWID;
`,
};
