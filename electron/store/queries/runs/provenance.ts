import type Database from 'better-sqlite3';
import { madeWithSchema, type MadeWith } from '../../../../shared/contract/runs/reproductions.ts';

/** What runs were made with, and which run repeats which. */
export function provenanceQueries(db: Database.Database) {
  const put = db.prepare<[string, string]>('UPDATE runs SET made_with = ? WHERE id = ?');
  const get = db.prepare<[string], string | null>('SELECT made_with FROM runs WHERE id = ?').pluck();
  const setOriginal = db.prepare<[string, string]>('UPDATE runs SET reproduces = ? WHERE id = ?');
  const original = db.prepare<[string], string | null>('SELECT reproduces FROM runs WHERE id = ?').pluck();
  return {
    put: (run: string, madeWith: MadeWith) => void put.run(JSON.stringify(madeWith), run),
    /** Null for a run of a version that did not store it. */
    of(run: string): MadeWith | null {
      const text = get.get(run);
      return text ? madeWithSchema.parse(JSON.parse(text)) : null;
    },
    setOriginal: (run: string, originalRun: string) => void setOriginal.run(originalRun, run),
    /** The run this one repeats; null for none, or when that run was removed. */
    originalOf: (run: string): string | null => original.get(run) ?? null,
  };
}
