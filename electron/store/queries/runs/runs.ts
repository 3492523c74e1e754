import type Database from 'better-sqlite3';
import type { Run, RunStatus, Summary } from '../../../../shared/contract/index.ts';
import { hiddenTest } from './test-looks.ts';
import { recipeSchema } from '../../../../shared/recipe/recipe.ts';

/** A run as stored: what the contract shows, less what is read from other tables or from disk. */
export type RunRow = Omit<Run, 'epochs' | 'summaries' | 'resumable'>;

interface StoredRun {
  id: string;
  number: number;
  name: string;
  status: RunStatus;
  recipe: string;
  classes: string;
  classIds: string;
  createdAt: string;
  finishedAt: string | null;
  seconds: string;
  imagesPerSecond: number | null;
  trainable: number | null;
  frozen: number | null;
  frozenUnchanged: number | null;
  device: string;
  bestEpoch: number | null;
  error: string | null;
  group: string | null;
}

/** Today's name of each class, and the one it had when the run started where the project does not know it. */
const CLASS_NAMES = `(SELECT json_group_array(coalesce(c.name, n.value) ORDER BY n.key) FROM json_each(runs.classes) n
  LEFT JOIN json_each(runs.class_ids) i ON i.key = n.key LEFT JOIN classes c ON c.id = i.value)`;
const COLUMNS = `id, number, name, status, recipe, ${CLASS_NAMES} AS classes, class_ids AS classIds, created_at AS createdAt, finished_at AS finishedAt,
  seconds, images_per_second AS imagesPerSecond, trainable_params AS trainable, frozen_params AS frozen,
  frozen_unchanged AS frozenUnchanged, device, best_epoch AS bestEpoch, error, group_id AS "group"`;

/** All of a recipe but its seed and the state of the data it met: the same for repeats. */
const REPEATED = "json_remove(@recipe, '$.seed', '$.data.revision', '$.data.splitHash')";

/** The training runs, newest first. */
export function runQueries(db: Database.Database) {
  const nextNumber = db
    .prepare<[], number>('UPDATE project SET last_run_number = last_run_number + 1 RETURNING last_run_number')
    .pluck();
  const insert = db.prepare<[StoredRun]>(`
    INSERT INTO runs (id, number, name, status, recipe, classes, class_ids, created_at, finished_at, seconds,
      images_per_second, trainable_params, frozen_params, frozen_unchanged, device, best_epoch, error,
      group_id, recipe_key)
    VALUES (@id, @number, @name, @status, @recipe, @classes, @classIds, @createdAt, @finishedAt, @seconds,
      @imagesPerSecond, @trainable, @frozen, @frozenUnchanged, @device, @bestEpoch, @error, @group,
      sha256(${REPEATED}))`);
  const update = db.prepare<[StoredRun]>(`
    UPDATE runs SET name = @name, status = @status, recipe = @recipe,
      finished_at = @finishedAt, seconds = @seconds, images_per_second = @imagesPerSecond,
      trainable_params = @trainable, frozen_params = @frozen, frozen_unchanged = @frozenUnchanged,
      device = @device, best_epoch = @bestEpoch, error = @error, group_id = @group
    WHERE id = @id`);
  const newest = db.prepare<[number], StoredRun>(`SELECT ${COLUMNS} FROM runs ORDER BY number DESC LIMIT ?`);
  const byId = db.prepare<[string], StoredRun>(`SELECT ${COLUMNS} FROM runs WHERE id = ?`);
  const remove = db.prepare<[string]>('DELETE FROM runs WHERE id = ?');
  const has = db.prepare<[string], number>('SELECT 1 FROM runs WHERE id = ?').pluck();
  const unfinished = db.prepare<[], StoredRun>(
    `SELECT ${COLUMNS} FROM runs WHERE status IN ('running', 'paused')`,
  );
  const idsOf = db
    .prepare<[string], string>(
      'SELECT r.id FROM json_each(?) AS wanted JOIN runs r ON r.number = wanted.value ORDER BY wanted.key',
    )
    .pluck();
  const lost = db.prepare<[{ ids: string }], { epochs: number; bytes: number; exports: number }>(`
    WITH gone AS (SELECT value AS id FROM json_each(@ids))
    SELECT (SELECT count(*) FROM epochs WHERE run_id IN gone) AS epochs,
      (SELECT coalesce(sum(bytes), 0) FROM artifacts WHERE run_id IN gone) AS bytes,
      (SELECT count(*) FROM artifacts WHERE run_id IN gone AND kind <> 'weights') AS exports`);
  const dependants = db.prepare<[{ ids: string }], { id: string; number: number; name: string }>(`
    WITH gone AS (SELECT value AS id FROM json_each(@ids))
    SELECT id, number, name FROM runs
    WHERE json_extract(recipe, '$.backbone.run') IN gone AND id NOT IN gone ORDER BY number`);

  return {
    /** A number no run of this project has had. */
    nextNumber: (): number => nextNumber.get()!,
    insert: (run: RunRow) => void insert.run(toStored(run)),
    update: (run: RunRow) => void update.run(toStored(run)),
    /** The newest runs, and any that is under way; all of them without a limit. */
    newest(limit = -1): RunRow[] {
      const rows = newest.all(limit);
      const known = new Set(rows.map(({ id }) => id));
      return [...rows, ...unfinished.all().filter(({ id }) => !known.has(id))].map(toRun);
    },
    /** Ids of runs by their numbers, in the order given. */
    idsOf: (numbers: readonly number[]) => idsOf.all(JSON.stringify(numbers)),
    /** What the store would lose with these runs, and the runs that carry one of them over. */
    loss(ids: readonly string[]) {
      const which = { ids: JSON.stringify(ids) };
      return { ...lost.get(which)!, dependants: dependants.all(which) };
    },
    byId(id: string): RunRow | undefined {
      const row = byId.get(id);
      return row && toRun(row);
    },
    has: (id: string) => has.get(id) === 1,
    remove: (id: string) => void remove.run(id),
    /** Runs that were under way when the project was last closed or lost. */
    unfinished: () => unfinished.all().map(toRun),
  };
}

/** The few numbers of each evaluated split, `collection` empty for the run's own data. */
export function summaryQueries(db: Database.Database) {
  const put = db.prepare<[Summary & { run: string; key: string }]>(`
    INSERT OR REPLACE INTO summaries (run_id, collection, split, n, accuracy, macro_f1, roc_auc, log_loss)
    VALUES (@run, @key, @split, @n, @accuracy, @macroF1, @rocAuc, @logLoss)`);
  const ofRun = db.prepare<[string], Summary>(`
    SELECT nullif(collection, '') AS collection, split, n, accuracy, macro_f1 AS macroF1, roc_auc AS rocAuc,
      log_loss AS logLoss FROM summaries
    WHERE run_id = ? AND NOT ${hiddenTest('run_id', 'split', 'summaries.collection')} ORDER BY summaries.collection, split`);
  const clear = db.prepare<[string]>('DELETE FROM summaries WHERE run_id = ?');
  return {
    put: (run: string, summary: Summary) => void put.run({ ...summary, run, key: summary.collection ?? '' }),
    /** Without the test split's while that is sealed. */
    ofRun: (run: string) => ofRun.all(run),
    clear: (run: string) => void clear.run(run),
  };
}

function toStored(run: RunRow): StoredRun {
  const { params, frozenUnchanged, ...rest } = run;
  return {
    ...rest,
    recipe: JSON.stringify(run.recipe),
    classes: JSON.stringify(run.classes),
    classIds: JSON.stringify(run.classIds),
    seconds: JSON.stringify(run.seconds),
    trainable: params?.trainable ?? null,
    frozen: params?.frozen ?? null,
    frozenUnchanged: frozenUnchanged === null ? null : Number(frozenUnchanged),
    error: run.error && JSON.stringify(run.error),
  };
}

function toRun({ trainable, frozen, frozenUnchanged, ...row }: StoredRun): RunRow {
  return {
    ...row,
    recipe: recipeSchema.parse(JSON.parse(row.recipe)),
    classes: JSON.parse(row.classes) as string[],
    classIds: JSON.parse(row.classIds) as (number | null)[],
    seconds: JSON.parse(row.seconds) as Run['seconds'],
    params: trainable === null || frozen === null ? null : { trainable, frozen },
    frozenUnchanged: frozenUnchanged === null ? null : frozenUnchanged === 1,
    error: row.error === null ? null : (JSON.parse(row.error) as Run['error']),
  };
}
