import type { Migration } from './migration.ts';

/** Folders whose new files become items by themselves. `path` is stored as that of an item. */
export const watchedFolders: Migration = {
  version: 9,
  sql: `
CREATE TABLE watched_folders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  collection TEXT NOT NULL,
  copy INTEGER NOT NULL CHECK (copy IN (0, 1)),
  added_at TEXT NOT NULL
) STRICT;
`,
};
