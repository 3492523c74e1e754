import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';

/** What SQLite lacks and the schema asks for: `sha256(text)` in hex. */
export function addFunctions(db: Database.Database): void {
  db.function('sha256', { deterministic: true }, (text: unknown) =>
    createHash('sha256').update(String(text)).digest('hex'),
  );
}
