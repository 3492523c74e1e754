/** One step of the schema. Runs in a transaction of its own, which also records its version. */
export interface Migration {
  /** Counts from 1 without gaps; the database's `user_version` once it has run. */
  version: number;
  sql: string;
}
