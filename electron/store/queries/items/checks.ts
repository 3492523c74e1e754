import type Database from 'better-sqlite3';
import type { Split } from '../../../../shared/contract/index.ts';
import type { FindingKind } from '../../../../shared/findings.ts';

/** An item as the check looks at it. */
export interface CheckedItem {
  id: number;
  path: string;
  sha256: string;
  dhash: string;
  classId: number | null;
  split: Split | null;
  pixels: number;
}

export interface CheckRow {
  madeAt: string;
  /** Revision of the project that was checked. */
  revision: number;
  items: number;
  /** Items that were looked at through the backbone. */
  examined: number;
  /** '' when no backbone took part. */
  backbone: string;
  /** Why labels were not judged; '' when they were. */
  skipped: string;
  seconds: number;
}

export interface NewFinding {
  kind: FindingKind;
  /** Names the finding among its kind, the same in every check. */
  key: string;
  /** Order within the kind: the lower, the more pressing. */
  score?: number;
  suggestedClass?: number;
  params?: Record<string, string | number>;
  items: { id: number; classId: number | null }[];
}

/** An item of a finding: as it was when it was checked, and as it is now. */
export interface FindingItem {
  id: number;
  classBefore: number | null;
  classId: number | null;
  split: Split | null;
  excluded: boolean;
}

export interface StoredFinding {
  kind: FindingKind;
  key: string;
  score: number | null;
  suggestedClass: number | null;
  params: Record<string, string | number>;
  items: FindingItem[];
  kept: boolean;
}

/** One thing that inspection noted of a file. */
export interface NotedReason {
  kind: FindingKind;
  id: number;
  classId: number | null;
  split: Split | null;
  excluded: number;
  format: string;
}

interface JoinedRow {
  id: number;
  kind: FindingKind;
  key: string;
  score: number | null;
  suggestedClass: number | null;
  params: string;
  itemId: number;
  classBefore: number | null;
  classId: number | null;
  split: Split | null;
  excluded: number;
  kept: number;
}

/** What checks of the data found. One check is kept: the last. */
export function checkQueries(db: Database.Database) {
  const items = db.prepare<[], CheckedItem>(`
    SELECT id, path, sha256, dhash, class_id AS classId, split, width * height AS pixels
    FROM items WHERE status <> 'broken' AND excluded = 0 AND sha256 <> '' ORDER BY id`);
  const reasons = db.prepare<[], NotedReason>(`
    SELECT r.value AS kind, i.id, i.class_id AS classId, i.split, i.excluded, i.format
    FROM items i, json_each(i.reasons) r WHERE i.status <> 'ok' ORDER BY i.path`);
  const last = db.prepare<[], CheckRow>(
    'SELECT made_at AS madeAt, revision, items, examined, backbone, skipped, seconds FROM checks',
  );
  const putCheck = db.prepare<[CheckRow]>(`
    INSERT OR REPLACE INTO checks (id, made_at, revision, items, examined, backbone, skipped, seconds)
    VALUES (1, @madeAt, @revision, @items, @examined, @backbone, @skipped, @seconds)`);
  const clear = db.prepare('DELETE FROM findings');
  const insert = db.prepare<[string, string, number | null, number | null, string]>(
    'INSERT INTO findings (kind, key, score, suggested_class, params) VALUES (?, ?, ?, ?, ?)',
  );
  const insertItem = db.prepare<[number, number, number, number | null]>(
    'INSERT INTO finding_items (finding_id, position, item_id, class_id) VALUES (?, ?, ?, ?)',
  );
  const joined = db.prepare<[], JoinedRow>(`
    SELECT f.id, f.kind, f.key, f.score, f.suggested_class AS suggestedClass, f.params,
      i.id AS itemId, fi.class_id AS classBefore, i.class_id AS classId, i.split, i.excluded,
      k.key IS NOT NULL AS kept
    FROM findings f JOIN finding_items fi ON fi.finding_id = f.id JOIN items i ON i.id = fi.item_id
    LEFT JOIN kept_findings k ON k.kind = f.kind AND k.key = f.key
    ORDER BY f.score IS NULL, f.score, f.id, fi.position`);
  const keep = db.prepare<[string, string, string]>(
    'INSERT OR IGNORE INTO kept_findings (kind, key, kept_at) VALUES (?, ?, ?)',
  );
  const tellAgain = db.prepare<[string, string]>('DELETE FROM kept_findings WHERE kind = ? AND key = ?');
  const kept = db.prepare<[], { kind: FindingKind; key: string }>('SELECT kind, key FROM kept_findings');

  return {
    /** Readable items that were not left out. */
    items: () => items.all(),
    /** What inspection noted of every item, one row per note. */
    reasons: () => reasons.all(),
    last: () => last.get(),
    /** Takes the place of the check before. */
    replace(check: CheckRow, findings: Iterable<NewFinding>) {
      clear.run();
      putCheck.run(check);
      for (const finding of findings) {
        const { kind, key, score = null, suggestedClass = null, params = {} } = finding;
        const id = Number(
          insert.run(kind, key, score, suggestedClass, JSON.stringify(params)).lastInsertRowid,
        );
        finding.items.forEach((item, position) => insertItem.run(id, position, item.id, item.classId));
      }
    },
    /** Every finding with its items as they are now, the most pressing first. */
    findings(): StoredFinding[] {
      const found = new Map<number, StoredFinding>();
      for (const row of joined.all()) {
        const { id, kind, key, score, suggestedClass, itemId, classBefore, classId, split } = row;
        const item = { id: itemId, classBefore, classId, split, excluded: row.excluded === 1 };
        const known = found.get(id);
        if (known) known.items.push(item);
        else {
          const params = JSON.parse(row.params) as StoredFinding['params'];
          found.set(id, { kind, key, score, suggestedClass, params, items: [item], kept: row.kept === 1 });
        }
      }
      return [...found.values()];
    },
    keep: (kind: FindingKind, key: string) => void keep.run(kind, key, new Date().toISOString()),
    tellAgain: (kind: FindingKind, key: string) => void tellAgain.run(kind, key),
    /** Everything a person said to keep, whether the last check found it or not. */
    kept: () => kept.all(),
  };
}
