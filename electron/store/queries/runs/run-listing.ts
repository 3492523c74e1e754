import type Database from 'better-sqlite3';
import type {
  RunFacets,
  RunFilter,
  RunGrouping,
  RunLine,
  RunOrder,
} from '../../../../shared/contract/index.ts';
import type { RunColumn } from '../../../../shared/run-columns.ts';
import { backboneExpression, columnExpressions } from './run-columns.ts';

/** How many lists of numbers are kept: enough for a person going back and forth between a few. */
const KEPT_LISTS = 8;

/** A run in a bundle, with what the bundle's head sums up. */
export interface BundledRun {
  number: number;
  /** What it is bundled by; null for the runs of no group. */
  key: string | null;
  validation: number | null;
  accuracy: number | null;
  seconds: number;
}

interface StoredLine extends Omit<
  RunLine,
  'randomWeights' | 'starred' | 'archived' | 'tags' | 'noted' | 'judged' | 'values'
> {
  randomWeights: number;
  starred: number;
  archived: number;
  tags: string;
  noted: number;
  judged: number;
}

const bundleKeys: Record<RunGrouping, string> = {
  recipe: 'r.recipe_key',
  backbone: backboneExpression,
  group: 'r.group_id',
};

/**
 * The table of runs, read window by window: which runs fit and in what order is worked out in one pass that reads
 * nothing but what is filtered and sorted by, and kept until something is written; only the runs on view are read
 * whole.
 */
export function runListing(db: Database.Database) {
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
  const lists = new Map<string, unknown>();
  let listsAt = -1;

  /** What `read` gives, kept until the database changes. */
  function kept<T>(key: unknown, read: () => T): T {
    const now = changes.get()!;
    if (now !== listsAt) lists.clear();
    listsAt = now;
    const name = JSON.stringify(key);
    const known = lists.get(name) as T | undefined;
    const value = known ?? read();
    lists.delete(name);
    lists.set(name, value);
    if (lists.size > KEPT_LISTS) lists.delete(lists.keys().next().value!);
    return value;
  }

  return {
    /** Numbers of the runs that fit, in order. */
    numbers: (filter: RunFilter, order: RunOrder): Int32Array =>
      kept(['numbers', filter, order], () => readNumbers(db, filter, order)),
    /** The same with what they are bundled by. */
    bundled: (filter: RunFilter, order: RunOrder, by: RunGrouping): BundledRun[] =>
      kept(['bundled', filter, order, by], () => readBundled(db, filter, order, by)),
    /** Rows of the table, in the order given. */
    lines: (numbers: readonly number[], columns: readonly RunColumn[]) => readLines(db, numbers, columns),
    facets: (): RunFacets => kept(['facets'], () => readFacets(db)),
  };
}

/** Names as people count: run 9 before run 10. */
const byName = new Intl.Collator(undefined, { numeric: true });

function readNumbers(db: Database.Database, filter: RunFilter, order: RunOrder): Int32Array {
  if (order.column === 'name') return readByName(db, filter, order.ascending);
  const { where, values } = conditions(filter);
  const sql = `SELECT r.number FROM runs r WHERE ${where} ORDER BY ${ordering(order)}`;
  return Int32Array.from(
    db
      .prepare<unknown[], number>(sql)
      .pluck()
      .all(...values),
  );
}

function readByName(db: Database.Database, filter: RunFilter, ascending: boolean): Int32Array {
  const { where, values } = conditions(filter);
  const sql = `SELECT r.number, r.name FROM runs r WHERE ${where} ORDER BY r.number DESC`;
  const rows = db.prepare<unknown[], { number: number; name: string }>(sql).all(...values);
  const sign = ascending ? 1 : -1;
  rows.sort((a, b) => sign * byName.compare(a.name, b.name));
  return Int32Array.from(rows, ({ number }) => number);
}

function readBundled(
  db: Database.Database,
  filter: RunFilter,
  order: RunOrder,
  by: RunGrouping,
): BundledRun[] {
  const { where, values } = conditions(filter);
  const { validationAccuracy, accuracy, seconds } = columnExpressions;
  return db
    .prepare<unknown[], BundledRun>(
      `SELECT r.number, ${bundleKeys[by]} AS key, ${validationAccuracy} AS validation, ${accuracy} AS accuracy,
         ${seconds} AS seconds FROM runs r WHERE ${where} ORDER BY ${ordering(order)}`,
    )
    .all(...values);
}

/** Unknown values come last either way; the newest of equals first. */
function ordering({ column, ascending }: RunOrder): string {
  if (column === 'number') return `r.number ${ascending ? 'ASC' : 'DESC'}`;
  const value = columnExpressions[column];
  return `${value} COLLATE NOCASE ${ascending ? 'ASC' : 'DESC'} NULLS LAST, r.number DESC`;
}

function conditions(filter: RunFilter): { where: string; values: unknown[] } {
  const parts = ['r.archived = ?'];
  const values: unknown[] = [Number(filter.archived)];
  const oneOf = (expression: string, wanted: readonly unknown[] | undefined) => {
    if (wanted === undefined) return;
    const orNull = wanted.includes(null) ? ` OR ${expression} IS NULL` : '';
    parts.push(`(${expression} IN (SELECT value FROM json_each(?))${orNull})`);
    values.push(JSON.stringify(wanted.filter((value) => value !== null)));
  };
  oneOf(columnExpressions.kind, filter.kinds);
  oneOf(columnExpressions.backbone, filter.backbones);
  oneOf('r.status', filter.statuses);
  oneOf('r.group_id', filter.groups);
  if (filter.starred !== undefined) {
    parts.push('r.starred = ?');
    values.push(Number(filter.starred));
  }
  if (filter.tags) {
    parts.push('r.id IN (SELECT run_id FROM run_tags WHERE tag IN (SELECT value FROM json_each(?)))');
    values.push(JSON.stringify(filter.tags));
  }
  for (const word of filter.text?.split(/\s+/).filter(Boolean) ?? []) {
    parts.push(`(r.name LIKE ? ESCAPE '\\' OR r.notes LIKE ? ESCAPE '\\' OR r.number = ?
      OR r.id IN (SELECT run_id FROM run_tags WHERE tag LIKE ? ESCAPE '\\'))`);
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    values.push(pattern, pattern, Number(word.replace('#', '')), pattern);
  }
  return { where: parts.join(' AND '), values };
}

function readLines(
  db: Database.Database,
  numbers: readonly number[],
  columns: readonly RunColumn[],
): RunLine[] {
  const asked = columns.map((column, index) => `, ${columnExpressions[column]} AS v${index}`).join('');
  const rows = db
    .prepare<[string], StoredLine & Record<`v${number}`, string | number | null>>(
      `SELECT r.id, r.number, r.name, r.status, ${columnExpressions.kind} AS kind,
         ${columnExpressions.backbone} AS backbone,
         json_extract(r.recipe, '$.backbone.from') IS 'library'
           AND json_extract(r.recipe, '$.backbone.weights') IS NULL AS randomWeights,
         ${columnExpressions.collection} AS collection, r.starred, r.archived, r.notes <> '' AS noted,
         (SELECT json_group_array(t.tag ORDER BY t.tag) FROM run_tags t WHERE t.run_id = r.id) AS tags,
         r.group_id AS "group", EXISTS (SELECT 1 FROM summaries s WHERE s.run_id = r.id) AS judged${asked}
       FROM json_each(?) AS wanted JOIN runs r ON r.number = wanted.value ORDER BY wanted.key`,
    )
    .all(JSON.stringify(numbers));
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    name: row.name,
    status: row.status,
    kind: row.kind,
    backbone: row.backbone,
    randomWeights: row.randomWeights === 1,
    collection: row.collection,
    starred: row.starred === 1,
    archived: row.archived === 1,
    tags: JSON.parse(row.tags) as string[],
    noted: row.noted === 1,
    group: row.group,
    judged: row.judged === 1,
    values: columns.map((_, index) => row[`v${index}`] ?? null),
  }));
}

function readFacets(db: Database.Database): RunFacets {
  const counts = db
    .prepare<[], { kind: string; backbone: string | null; status: string; starred: number; count: number }>(
      `SELECT ${columnExpressions.kind} AS kind, ${backboneExpression} AS backbone, r.status, r.starred,
         count(*) AS count FROM runs r WHERE r.archived = 0 GROUP BY 1, 2, 3, 4`,
    )
    .all();
  const tags = db
    .prepare<[], { value: string; count: number }>(
      `SELECT tag AS value, count(*) AS count FROM run_tags JOIN runs r ON r.id = run_id
       WHERE r.archived = 0 GROUP BY tag ORDER BY tag`,
    )
    .all();
  const archived = db.prepare<[], number>('SELECT count(*) FROM runs WHERE archived = 1').pluck().get()!;
  const by = (field: 'kind' | 'backbone' | 'status') => {
    const sums = new Map<string | null, number>();
    for (const row of counts) sums.set(row[field], (sums.get(row[field]) ?? 0) + row.count);
    return [...sums].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  };
  return {
    total: counts.reduce((sum, { count }) => sum + count, 0),
    archived,
    starred: counts.reduce((sum, { starred, count }) => sum + starred * count, 0),
    kinds: by('kind'),
    backbones: by('backbone'),
    statuses: by('status'),
    tags,
  };
}
