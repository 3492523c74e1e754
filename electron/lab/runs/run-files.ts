import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FreezingProof, Run } from '../../../shared/contract/index.ts';
import { freezingProofSchema } from '../../../shared/contract/runs.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { RunRow } from '../../store/queries/runs.ts';
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

/**
 * Removes a run and its folder. The folder is set aside first, in one step, so that a killed removal leaves
 * either a whole run or none.
 */
export function removeRun(project: OpenProject, id: string): void {
  const folder = runFolder(project, id);
  const aside = join(project.places.runsDir, `.removed-${id}`);
  if (existsSync(folder)) renameSync(folder, aside);
  project.store.transaction(() => {
    project.store.runs.remove(id);
    project.store.audit.note('run.delete', { run: id });
  });
  rmSync(aside, { recursive: true, force: true });
}
