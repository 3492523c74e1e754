import { existsSync, renameSync, statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FreezingProof, Run } from '../../../shared/contract/index.ts';
import { freezingProofSchema } from '../../../shared/contract/runs/runs.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import { readJson } from '../json-file.ts';
import type { OpenProject } from '../project-keeper.ts';

export const runFolder = ({ places }: OpenProject, id: string) => join(places.runsDir, id);
const weightsFile = (project: OpenProject, id: string) => join(runFolder(project, id), 'weights.safetensors');

/** Size of a run's trained weights in bytes; undefined while it has none. */
export function weightsBytes(project: OpenProject, id: string): number | undefined {
  return statSync(weightsFile(project, id), { throwIfNoEntry: false })?.size;
}

/** @throws GraftError run.unfinished when the run left no model to predict with */
export function requireModel(project: OpenProject, run: RunRow): void {
  if (weightsBytes(project, run.id) === undefined) {
    throw new GraftError('run.unfinished', { name: run.name, status: run.status });
  }
}

/** Whether a run that ended early left a checkpoint to go on from. */
export function isResumable(project: OpenProject, run: Pick<Run, 'id' | 'status'>): boolean {
  if (run.status !== 'interrupted' && run.status !== 'stopped') return false;
  // Written last: where it stands, the tensors it names stand too.
  return existsSync(join(runFolder(project, run.id), 'checkpoint', 'state.json'));
}

/** The proof of freezing the engine left with a run; null where there is none. */
export function freezingProof(project: OpenProject, id: string): FreezingProof | null {
  return readJson(join(runFolder(project, id), 'freezing.json'), freezingProofSchema.nullable(), null);
}

/** A folder that is set aside to be removed. */
const ASIDE = '.removed-';
/** Runs removed in one transaction: between two of them the event loop goes on. */
const REMOVED_AT_ONCE = 100;

/**
 * Removes runs with their folders. A folder is set aside first, in one step; the rows go next; the files last. Killed
 * in between, `settleRemovals` puts back what still has a row and clears away the rest: a run is whole, or gone.
 */
export async function removeRuns(project: OpenProject, ids: readonly string[]): Promise<void> {
  const { store, places } = project;
  for (let start = 0; start < ids.length; start += REMOVED_AT_ONCE) {
    const some = ids.slice(start, start + REMOVED_AT_ONCE);
    for (const id of some) {
      const folder = runFolder(project, id);
      if (existsSync(folder)) renameSync(folder, join(places.runsDir, `${ASIDE}${id}`));
    }
    store.transaction(() => {
      for (const id of some) {
        store.runs.remove(id);
        store.audit.note('run.delete', { run: id });
      }
    });
    for (const id of some) await rm(join(places.runsDir, `${ASIDE}${id}`), { recursive: true, force: true });
  }
}

/** Ends the removals that a kill cut off. */
export async function settleRemovals({ store, places }: OpenProject): Promise<void> {
  const names = await readdir(places.runsDir).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(ASIDE))) {
    const id = name.slice(ASIDE.length);
    const aside = join(places.runsDir, name);
    if (store.runs.has(id)) await rename(aside, join(places.runsDir, id));
    else await rm(aside, { recursive: true, force: true });
  }
}
