import type Database from 'better-sqlite3';
import type { Project } from '../../../shared/contract/index.ts';
import { classQueries, type ClassRow } from './items/classes.ts';
import { itemTallies, type Tally } from './items/tallies.ts';

export interface ProjectRow {
  name: string;
  createdAt: string;
  revision: number;
}
export type ProjectCounts = Pick<Project, 'classes' | 'collections' | 'counts' | 'splitTable'>;

/** The project's own row, and its counts. */
export function projectQueries(db: Database.Database) {
  const get = db.prepare<[], ProjectRow>('SELECT name, created_at AS createdAt, revision FROM project');
  const rename = db.prepare<[string]>('UPDATE project SET name = ?');
  const touch = db.prepare('UPDATE project SET revision = revision + 1');
  const classes = classQueries(db);
  const splitSettings = db.prepare<[], string | null>('SELECT split_settings FROM project').pluck();
  const setSplitSettings = db.prepare<[string]>('UPDATE project SET split_settings = ?');
  const runs = db.prepare<[], number>('SELECT count(*) FROM runs').pluck();
  const tallies = itemTallies(db);

  return {
    get: (): ProjectRow => get.get()!,
    rename: (name: string) => void rename.run(name),
    /** Marks a change to items, labels or splits. */
    touch: () => void touch.run(),
    /** How the items were dealt out last, as JSON; null for never by a person. */
    splitSettings: (): string | null => splitSettings.get() ?? null,
    setSplitSettings: (json: string) => void setSplitSettings.run(json),
    counts: (): ProjectCounts => countUp(classes.all(), tallies.all(), runs.get() ?? 0),
  };
}

/** Splits count labelled, usable items alone: what training would see. */
function countUp(classRows: ClassRow[], tallies: Tally[], runs: number): ProjectCounts {
  const counts = {
    items: 0,
    labelled: 0,
    broken: 0,
    excluded: 0,
    train: 0,
    validation: 0,
    test: 0,
    runs,
  };
  const perClass = new Map(
    classRows.map(({ id }) => [id, { classId: id, count: 0, train: 0, validation: 0, test: 0 }]),
  );
  const collections = new Map<string, number>();
  for (const { collection, classId, split, status, excluded, n } of tallies) {
    counts.items += n;
    collections.set(collection, (collections.get(collection) ?? 0) + n);
    if (status === 'broken') counts.broken += n;
    if (excluded === 1) counts.excluded += n;
    if (classId === null) continue;
    counts.labelled += n;
    const row = perClass.get(classId)!;
    row.count += n;
    if (status === 'broken' || excluded === 1 || split === null) continue;
    counts[split] += n;
    row[split] += n;
  }
  if (collections.size === 0) collections.set('main', 0);
  return {
    counts,
    collections: [...collections].map(([name, items]) => ({ name, items })),
    classes: classRows.map((row) => ({ ...row, count: perClass.get(row.id)!.count })),
    splitTable: [...perClass.values()].map(({ classId, train, validation, test }) => ({
      classId,
      train,
      validation,
      test,
    })),
  };
}
