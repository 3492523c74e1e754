import type { Run } from '../../../shared/contract/index.ts';
import { RUNS_AT_HAND } from '../../../shared/contract/runs/runs.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { LabContext } from '../context.ts';
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

/** Tells the windows of the runs they hold that know one of these classes: its name may be another now. */
export function tellRunsOf({ projects, events }: LabContext, classes: readonly number[]): void {
  if (classes.length === 0) return;
  const project = projects.current;
  for (const run of project.store.runs.newest(RUNS_AT_HAND)) {
    if (run.classIds.some((id) => id !== null && classes.includes(id))) {
      events.emit('run.changed', shownRun(project, run));
    }
  }
}
