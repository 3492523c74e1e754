import type Database from 'better-sqlite3';
import type { Split } from '../../../../shared/contract/index.ts';
import { toBuffer, toBytes } from '../blobs.ts';

/** What a run said about the items of a split, with the labels as they were then. */
export interface StoredPredictions {
  /** Item ids, `[n]`. */
  ids: Int32Array;
  /** Class indices of the run, `[n]`. */
  truths: Int32Array;
  /** `[n * classes]`, one row per item. */
  probabilities: Float32Array;
}

interface Blobs {
  ids: Uint8Array;
  truths: Uint8Array;
  probabilities: Uint8Array;
}

/**
 * Predictions per run, collection and split, as little-endian blobs. `collection` is empty for the data
 * the run was trained on.
 */
export function predictionQueries(db: Database.Database) {
  const put = db.prepare<[Blobs & { run: string; collection: string; split: Split; at: string }]>(`
    INSERT OR REPLACE INTO predictions (run_id, collection, split, ids, truths, probabilities, made_at)
    VALUES (@run, @collection, @split, @ids, @truths, @probabilities, @at)`);
  const get = db.prepare<[string, string, Split], Blobs>(
    'SELECT ids, truths, probabilities FROM predictions WHERE run_id = ? AND collection = ? AND split = ?',
  );
  const clear = db.prepare<[string]>('DELETE FROM predictions WHERE run_id = ?');
  const forget = db.prepare<[string]>('DELETE FROM evaluations WHERE run_id = ?');
  return {
    /** What was worked out about the run's predictions so far goes: those of validation are part of all of it. */
    put(run: string, collection: string | null, split: Split, predictions: StoredPredictions) {
      put.run({
        run,
        collection: collection ?? '',
        split,
        ids: toBytes(predictions.ids),
        truths: toBytes(predictions.truths),
        probabilities: toBytes(predictions.probabilities),
        at: new Date().toISOString(),
      });
      forget.run(run);
    },
    get(run: string, collection: string | null, split: Split): StoredPredictions | undefined {
      const row = get.get(run, collection ?? '', split);
      return (
        row && {
          ids: new Int32Array(toBuffer(row.ids)),
          truths: new Int32Array(toBuffer(row.truths)),
          probabilities: new Float32Array(toBuffer(row.probabilities)),
        }
      );
    },
    clear: (run: string) => void clear.run(run),
  };
}
