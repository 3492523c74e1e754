import type { Store } from '../../store/store.ts';

/** A run that was under way when the project was last closed or lost is interrupted: nobody trains it now. */
export function settleUnfinishedRuns(store: Store): void {
  store.transaction(() => {
    for (const run of store.runs.unfinished()) {
      store.runs.update({
        ...run,
        status: 'interrupted',
        finishedAt: new Date().toISOString(),
        error: { code: 'run.cut-off', params: {} },
      });
    }
  });
}
