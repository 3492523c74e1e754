import { defineStore } from 'pinia';
import type { Reproduction, Run, Sweep, SweepPlan } from '../../../shared/contract/index.ts';
import type { SweepSpaceInput } from '../../../shared/recipe/sweep.ts';
import { lab } from '../../bridge.ts';

/** Repeats, searches over recipe fields, and runs made again. */
export const useSweeps = defineStore('sweeps', () => {
  const plan = (space: SweepSpaceInput): Promise<SweepPlan> => lab().call('sweeps.plan', { space });
  const start = (
    space: SweepSpaceInput,
    name: string,
    budgetSeconds: number | null,
  ): Promise<{ group: string; job: string }> => lab().call('sweeps.start', { space, name, budgetSeconds });
  const get = (group: string): Promise<Sweep> => lab().call('sweeps.get', { group });
  const resume = (group: string): Promise<{ job: string }> => lab().call('series.resume', { group });
  const stop = (job: string): Promise<null> => lab().call('jobs.cancel', { id: job });
  const reproduce = (run: string): Promise<Run> => lab().call('reproductions.start', { run });
  const reproduction = (run: string): Promise<Reproduction | null> =>
    lab().call('reproductions.get', { run });
  return { plan, start, get, resume, stop, reproduce, reproduction };
});
