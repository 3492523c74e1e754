import type Database from 'better-sqlite3';
import type { Split } from '../../../../shared/contract/index.ts';

/** How many items of a collection have the same class, split, status and exclusion. */
export interface Tally {
  collection: string;
  classId: number | null;
  split: Split | null;
  status: 'ok' | 'warning' | 'broken';
  excluded: number;
  n: number;
}

const KEY = (row: string): string =>
  `${row}collection_id, coalesce(${row}class_id, 0), coalesce(${row}split, ''), ${row}status, ${row}excluded`;

const LESS = `UPDATE tallies SET n = n - 1
  WHERE (collection_id, class_id, split, status, excluded) = (${KEY('old.')});`;
const MORE = `INSERT INTO tallies VALUES (${KEY('new.')}, 1) ON CONFLICT DO UPDATE SET n = n + 1;`;

/**
 * Counts that keep themselves: read once over all items, then moved by triggers of this connection with every write,
 * so that a label in a project of 100,000 items is not held up by counting them again. They are part of the
 * transaction: what is rolled back is counted back.
 */
const COUNTING = `
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE tallies (
  collection_id INTEGER, class_id INTEGER, split TEXT, status TEXT, excluded INTEGER, n INTEGER,
  PRIMARY KEY (collection_id, class_id, split, status, excluded)
) WITHOUT ROWID;
INSERT INTO tallies SELECT ${KEY('')}, count(*) FROM items GROUP BY 1, 2, 3, 4, 5;
CREATE TEMP TRIGGER tally_insert AFTER INSERT ON items BEGIN ${MORE} END;
CREATE TEMP TRIGGER tally_delete AFTER DELETE ON items BEGIN ${LESS} END;
CREATE TEMP TRIGGER tally_update AFTER UPDATE OF collection_id, class_id, split, status, excluded ON items
  BEGIN ${LESS} ${MORE} END;`;

export function itemTallies(db: Database.Database): { all(): Tally[] } {
  let read: Database.Statement<[], Tally> | undefined;

  function begin(): Database.Statement<[], Tally> {
    db.exec(COUNTING);
    return db.prepare<[], Tally>(`
      SELECT c.name AS collection, nullif(t.class_id, 0) AS classId, nullif(t.split, '') AS split, t.status,
        t.excluded, coalesce(t.n, 0) AS n
      FROM collections c LEFT JOIN tallies t ON t.collection_id = c.id
      ORDER BY c.id`);
  }

  return { all: () => (read ??= begin()).all().filter(({ n }) => n > 0) };
}
