import type Database from 'better-sqlite3';

export interface FoldItem {
  id: number;
  fold: number;
  /** Items of one cluster never part. */
  cluster: number;
}

/** Plans of cross-validations: which item is held out with which fold. */
export function foldQueries(db: Database.Database) {
  const put = db.prepare<[FoldItem & { plan: string }]>(
    'INSERT OR IGNORE INTO fold_items (plan, item_id, fold, cluster) VALUES (@plan, @id, @fold, @cluster)',
  );
  const ofPlan = db.prepare<[string], FoldItem>(
    'SELECT item_id AS id, fold, cluster FROM fold_items WHERE plan = ?',
  );
  return {
    put(plan: string, items: Iterable<FoldItem>) {
      for (const item of items) put.run({ ...item, plan });
    },
    /** Fold and cluster per item. */
    ofPlan: (plan: string): Map<number, FoldItem> => new Map(ofPlan.all(plan).map((item) => [item.id, item])),
  };
}
