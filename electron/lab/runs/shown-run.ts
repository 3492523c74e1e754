import type { Run } from '../../../shared/contract/index.ts';
import type { RunRow } from '../../store/queries/runs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { isResumable } from './run-files.ts';

/** A run as the windows show it: its row with its summaries, its epochs counted, and whether it can go on. */
export function shownRun(project: OpenProject, run: RunRow): Run {
  const { summaries, epochs } = project.store;
  return {
    ...run,
    epochs: epochs.count(run.id),
    summaries: summaries.ofRun(run.id),
    resumable: isResumable(project, run),
  };
}
