import { firstLight } from './0001-first-light.ts';
import { datasetCheck } from './0002-dataset-check.ts';
import { groups } from './0003-groups.ts';
import { classHistory } from './0004-class-history.ts';
import { suggestions } from './0005-suggestions.ts';
import { certificates } from './0006-certificates.ts';
import { splitSettings } from './0007-split-settings.ts';
import { manyRuns } from './0008-many-runs.ts';
import { watchedFolders } from './0009-watched-folders.ts';
import { folds } from './0010-folds.ts';
import { testLooks } from './0011-test-looks.ts';
import { runScores } from './0012-run-scores.ts';
import { learningCurves } from './0013-learning-curves.ts';
import { transferAdvice } from './0014-transfer-advice.ts';
import type { Migration } from './migration.ts';

export type { Migration } from './migration.ts';

/** Every step from an empty file to today's schema, in order. */
export const migrations: readonly Migration[] = [
  firstLight,
  datasetCheck,
  groups,
  classHistory,
  suggestions,
  certificates,
  splitSettings,
  manyRuns,
  watchedFolders,
  folds,
  testLooks,
  runScores,
  learningCurves,
  transferAdvice,
];
