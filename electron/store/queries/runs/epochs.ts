import type Database from 'better-sqlite3';
import type { Epoch } from '../../../../shared/contract/index.ts';

/** What each epoch of a run came to. */
export function epochQueries(db: Database.Database) {
  const put = db.prepare<[Epoch & { run: string }]>(`
    INSERT OR REPLACE INTO epochs (run_id, epoch, stage, loss, accuracy, val_loss, val_accuracy, learning_rate,
      seconds)
    VALUES (@run, @epoch, @stage, @loss, @accuracy, @valLoss, @valAccuracy, @learningRate, @seconds)`);
  const ofRun = db.prepare<[string], Epoch>(`
    SELECT epoch, stage, loss, accuracy, val_loss AS valLoss, val_accuracy AS valAccuracy,
      learning_rate AS learningRate, seconds FROM epochs WHERE run_id = ? ORDER BY epoch`);
  const count = db.prepare<[string], number>('SELECT count(*) FROM epochs WHERE run_id = ?').pluck();
  return {
    /** Stores an epoch; one that a resumed run repeats replaces its first telling. */
    put: (run: string, epoch: Epoch) => void put.run({ ...epoch, run }),
    ofRun: (run: string) => ofRun.all(run),
    count: (run: string) => count.get(run) ?? 0,
  };
}
