/** SQLite's code of an error, e.g. `SQLITE_BUSY`, or the message of any other error. */
export function sqliteError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
