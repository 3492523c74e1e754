import type Database from 'better-sqlite3';
import type { ItemFilter } from '../../../shared/contract/index.ts';

/** How many filters keep their list of ids: enough for a person going back and forth between a few. */
const KEPT_LISTS = 8;

export interface ItemWindow {
  total: number;
  ids: number[];
}

/**
 * Lists items by filter in the order of their path. The ids of a filter are read once per revision of the
 * project, from a covering index; every window of the grid is then a slice of them, and the total is known.
 */
export function itemListing(db: Database.Database) {
  let listsRevision = -1;
  const lists = new Map<string, Int32Array>();

  function idsOf(filter: ItemFilter, revision: number): Int32Array {
    if (revision !== listsRevision) lists.clear();
    listsRevision = revision;
    const key = JSON.stringify(filter);
    const ids = lists.get(key) ?? readIds(db, filter);
    lists.delete(key);
    lists.set(key, ids);
    if (lists.size > KEPT_LISTS) lists.delete(lists.keys().next().value!);
    return ids;
  }

  return {
    /** Where an item stands in the list; null when the filter leaves it out. */
    position(filter: ItemFilter, id: number, revision: number): number | null {
      const index = idsOf(filter, revision).indexOf(id);
      return index < 0 ? null : index;
    },
    window(filter: ItemFilter, offset: number, limit: number, revision: number): ItemWindow {
      const ids = idsOf(filter, revision);
      return { total: ids.length, ids: [...ids.subarray(offset, offset + limit)] };
    },
  };
}

function readIds(db: Database.Database, filter: ItemFilter): Int32Array {
  const { where, values } = conditions(filter);
  const sql = `SELECT id FROM items INDEXED BY items_listing WHERE ${where} ORDER BY path`;
  return Int32Array.from(
    db
      .prepare<unknown[], number>(sql)
      .pluck()
      .all(...values),
  );
}

function conditions(filter: ItemFilter): { where: string; values: unknown[] } {
  const parts: string[] = ['1'];
  const values: unknown[] = [];
  const oneOf = (column: string, wanted: readonly unknown[] | undefined) => {
    if (wanted === undefined) return;
    const orNull = wanted.includes(null) ? ` OR ${column} IS NULL` : '';
    parts.push(`(${column} IN (SELECT value FROM json_each(?))${orNull})`);
    values.push(JSON.stringify(wanted.filter((value) => value !== null)));
  };
  oneOf('class_id', filter.classes);
  oneOf('split', filter.splits);
  oneOf('status', filter.statuses);
  if (filter.collections) {
    parts.push(
      'collection_id IN (SELECT id FROM collections WHERE name IN (SELECT value FROM json_each(?)))',
    );
    values.push(JSON.stringify(filter.collections));
  }
  if (filter.excluded !== undefined) {
    parts.push('excluded = ?');
    values.push(filter.excluded ? 1 : 0);
  }
  if (filter.folder) {
    parts.push('substr(path, 1, ?) IN (?, ?)');
    const [slash, backslash] = [`${filter.folder}/`, `${filter.folder}\\`];
    values.push([...slash].length, slash, backslash);
  }
  if (filter.text) {
    parts.push("path LIKE ? ESCAPE '\\'");
    values.push(`%${filter.text.replace(/[\\%_]/g, '\\$&')}%`);
  }
  return { where: parts.join(' AND '), values };
}
