import type { Migration } from './migration.ts';

/**
 * Classes get a colour and a key of their own (until now both came from their position), and are removed softly, so
 * that undo, findings and runs still find them. Edits remember classes before and after. Runs remember their classes
 * by id: a renamed class is renamed everywhere.
 */
export const classHistory: Migration = {
  version: 4,
  sql: `
ALTER TABLE classes ADD COLUMN color INTEGER NOT NULL DEFAULT 0;
ALTER TABLE classes ADD COLUMN hotkey TEXT;
ALTER TABLE classes ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1));
UPDATE classes SET color = position, hotkey = CASE WHEN position < 9 THEN CAST(position + 1 AS TEXT) END;

CREATE TABLE edit_classes (
  edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES classes (id),
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY (edit_id, class_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN class_ids TEXT NOT NULL DEFAULT '[]';
UPDATE runs SET class_ids = (
  SELECT json_group_array(c.id ORDER BY n.key) FROM json_each(runs.classes) n LEFT JOIN classes c ON c.name = n.value
);
`,
};
