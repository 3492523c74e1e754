import type Database from 'better-sqlite3';
import { artifactQueries } from './queries/runs/artifacts.ts';
import { attributeQueries } from './queries/items/attributes.ts';
import { auditQueries } from './queries/audit.ts';
import { checkQueries } from './queries/items/checks.ts';
import { classQueries } from './queries/items/classes.ts';
import { editQueries } from './queries/items/edits.ts';
import { epochQueries } from './queries/runs/epochs.ts';
import { evaluationQueries } from './queries/runs/evaluations.ts';
import { itemFolders } from './queries/items/item-folders.ts';
import { itemFileQueries } from './queries/items/item-files.ts';
import { foldQueries } from './queries/runs/folds.ts';
import { itemListing } from './queries/items/item-listing.ts';
import { itemQueries } from './queries/items/items.ts';
import { predictionQueries } from './queries/runs/predictions.ts';
import { projectQueries } from './queries/project.ts';
import { runGroupQueries } from './queries/runs/run-groups.ts';
import { provenanceQueries } from './queries/runs/provenance.ts';
import { runListing } from './queries/runs/run-listing.ts';
import { runMarkQueries } from './queries/runs/run-marks.ts';
import { runRuleQueries } from './queries/runs/run-rules.ts';
import { runQueries, summaryQueries } from './queries/runs/runs.ts';
import { suggestionQueries } from './queries/items/suggestions.ts';
import { splittingQueries } from './queries/items/splitting.ts';
import { transferAdviceQueries } from './queries/runs/transfer-advice.ts';
import { watchedFolderQueries } from './queries/items/watched-folders.ts';
import { testLookQueries } from './queries/runs/test-looks.ts';
import { learningCurveQueries } from './queries/runs/learning-curves.ts';
import { orUnwritable } from './sqlite-error.ts';

/** An open project database: short synchronous queries, grouped by table. */
export function makeStore(db: Database.Database, dir: string, onClose: () => void) {
  const suggestions = suggestionQueries(db);
  return {
    dir,
    project: projectQueries(db),
    classes: classQueries(db),
    items: itemQueries(db),
    attributes: attributeQueries(db),
    itemFiles: itemFileQueries(db),
    watchedFolders: watchedFolderQueries(db),
    folders: itemFolders(db),
    listing: itemListing(db, suggestions),
    suggestions,
    splitting: splittingQueries(db),
    edits: editQueries(db),
    runs: runQueries(db),
    runListing: runListing(db),
    runMarks: runMarkQueries(db),
    provenance: provenanceQueries(db),
    runGroups: runGroupQueries(db),
    folds: foldQueries(db),
    testLooks: testLookQueries(db),
    learningCurves: learningCurveQueries(db),
    summaries: summaryQueries(db),
    epochs: epochQueries(db),
    predictions: predictionQueries(db),
    evaluations: evaluationQueries(db),
    runRules: runRuleQueries(db),
    artifacts: artifactQueries(db),
    audit: auditQueries(db),
    checks: checkQueries(db),
    transferAdvice: transferAdviceQueries(db),
    /**
     * Runs `work` as one transaction: all of it is stored, or nothing.
     * @throws GraftError file.unwritable on a full or vanished disk
     */
    transaction<T>(work: () => T): T {
      return orUnwritable(dir, () => db.transaction(work).immediate());
    },
    /** Folds the write-ahead log into `graft.db`, closes it and lets go of the project's lock. */
    close() {
      db.close();
      onClose();
    },
  };
}

export type Store = ReturnType<typeof makeStore>;
