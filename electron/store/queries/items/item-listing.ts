import type Database from 'better-sqlite3';
import type { ItemFilter, ItemOrder } from '../../../../shared/contract/index.ts';
import type { SuggestionQueries } from './suggestions.ts';

/** How many filters keep their list of ids: enough for a person going back and forth between a few. */
const KEPT_LISTS = 8;

export interface ItemWindow {
  total: number;
  ids: number[];
}

/**
 * Lists items by filter in the order of their path, or of the labelling queue. The ids of a filter are read once per
 * revision of the project and of the suggestions, from a covering index; every window of the grid is then a slice of
 * them, and the total is known.
 */
export function itemListing(db: Database.Database, suggestions: SuggestionQueries) {
  let listsState = '';
  const lists = new Map<string, Int32Array>();

  function idsOf(filter: ItemFilter, order: ItemOrder, revision: number): Int32Array {
    const state = `${revision} ${suggestions.version}`;
    if (state !== listsState) lists.clear();
    listsState = state;
    const key = order + JSON.stringify(filter);
    const ids = lists.get(key) ?? readIds(db, suggestions, filter, order);
    lists.delete(key);
    lists.set(key, ids);
    if (lists.size > KEPT_LISTS) lists.delete(lists.keys().next().value!);
    return ids;
  }

  return {
    /** Where an item stands in the list; null when the filter leaves it out. */
    position(filter: ItemFilter, id: number, revision: number, order: ItemOrder = 'path'): number | null {
      const index = idsOf(filter, order, revision).indexOf(id);
      return index < 0 ? null : index;
    },
    window(
      filter: ItemFilter,
      offset: number,
      limit: number,
      revision: number,
      order: ItemOrder = 'path',
    ): ItemWindow {
      const ids = idsOf(filter, order, revision);
      return { total: ids.length, ids: [...ids.subarray(offset, offset + limit)] };
    },
  };
}

function readIds(
  db: Database.Database,
  suggestions: SuggestionQueries,
  filter: ItemFilter,
  order: ItemOrder,
): Int32Array {
  const { where, values } = conditions(filter);
  // The whole queue is read again after every label: it is in memory already.
  if (order === 'queue' && JSON.stringify(filter) === '{}') return suggestions.queue();
  const sql = (columns: string) =>
    `SELECT ${columns} FROM items INDEXED BY items_listing WHERE ${where} ORDER BY path`;
  if (order === 'path' && filter.agreement === undefined && filter.sure === undefined) {
    return Int32Array.from(
      db
        .prepare<unknown[], number>(sql('id'))
        .pluck()
        .all(...values),
    );
  }
  const rows = db
    .prepare<unknown[], [number, number | null]>(sql('id, class_id'))
    .raw()
    .all(...values);
  return bySuggestion(rows, suggestions, filter, order);
}

/** The rows that fit what the filter says of suggestions. In the order of the queue, those alone that are in it. */
function bySuggestion(
  rows: [id: number, classId: number | null][],
  suggestions: SuggestionQueries,
  { agreement, sure = 0 }: ItemFilter,
  order: ItemOrder,
): Int32Array {
  const made = suggestions.get();
  if (!made) return new Int32Array();
  const { classIds, probabilities, ranks } = made;
  const least = Math.fround(sure);
  const asksSuggestion = agreement !== undefined || sure > 0;
  const fits = (classId: number | null, place: number): boolean => {
    if (!asksSuggestion) return true;
    if (classIds[place]! < 0 || probabilities[place]! < least) return false;
    if (agreement === 'suggested') return classId === null;
    if (agreement === 'agrees') return classId === classIds[place];
    if (agreement === 'disagrees') return classId !== null && classId !== classIds[place];
    return true;
  };
  // Each at its own place: sorting by rank would take the lab some 200 ms at 100,000 items.
  const found = new Int32Array(Math.max(rows.length, ranks.length)).fill(-1);
  rows.forEach(([id, classId], at) => {
    const place = suggestions.placeOf(id);
    if (place === undefined || !fits(classId, place)) return;
    const to = order === 'queue' ? ranks[place]! : at;
    if (to >= 0) found[to] = id;
  });
  return found.filter((id) => id >= 0);
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
