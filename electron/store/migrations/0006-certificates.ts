import type { Migration } from './migration.ts';

/** How an exported model did when it was read back and asked about held-out pictures, as JSON. */
export const certificates: Migration = {
  version: 6,
  sql: 'ALTER TABLE artifacts ADD COLUMN certificate TEXT;',
};
