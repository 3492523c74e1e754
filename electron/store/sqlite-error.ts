import { GraftError } from '../../shared/errors.ts';

/** SQLite's code of an error, e.g. `SQLITE_BUSY`, or the message of any other error. */
export function sqliteError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** What the system answers when a disk is full, gone, or may not be written. */
const REFUSALS = /^(E[A-Z]+|SQLITE_(CANTOPEN|READONLY|FULL|IOERR|PERM)[A-Z_]*)$/;

/** Runs work that writes in `dir`. @throws GraftError file.unwritable, naming it, when the system refuses */
export function orUnwritable<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GraftError || !REFUSALS.test(sqliteError(error))) throw error;
    throw new GraftError('file.unwritable', { path: dir, detail: sqliteError(error) }, { cause: error });
  }
}
