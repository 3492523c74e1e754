import type { Handlers } from '../../../shared/contract/index.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { writeReport } from './report.ts';
import { tableOf, writeTables } from './tables.ts';

/** What the documents are made from: the same answers the screens show. */
export type Answers = Pick<
  Handlers,
  | 'runs.get'
  | 'runs.freezing'
  | 'evaluations.get'
  | 'evaluations.calibration'
  | 'evaluations.mistakes'
  | 'comparisons.get'
  | 'exports.list'
>;

/** What is judged: a run on a split of its own data or of another collection. */
export interface Which {
  run: string;
  split: 'train' | 'validation' | 'test';
  collection: string | null;
}

/** Documents that leave Graft: the report of a run, and every table. */
export function documentHandlers(lab: LabContext, answers: Answers): HandlersOf<'documents'> {
  return {
    'documents.report': (wanted) => writeReport(lab, answers, wanted),
    'documents.table': ({ table, ...which }) => tableOf(lab, answers, which, table),
    'documents.tables': ({ out, ...which }) => writeTables(lab, answers, which, out),
  };
}
