import type { Migration } from './migration.ts';

/** How the items were dealt out last (shares, seed, what stays together), as JSON; null until a person has done so. */
export const splitSettings: Migration = {
  version: 7,
  sql: 'ALTER TABLE project ADD COLUMN split_settings TEXT;',
};
