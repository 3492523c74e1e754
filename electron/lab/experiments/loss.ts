import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunLoss } from '../../../shared/contract/index.ts';
import type { OpenProject } from '../project-keeper.ts';
import { runFolder } from '../runs/run-files.ts';

/** Beyond so many runs their folders are not walked: what the store knows of their files is told instead. */
const MOST_WALKED = 200;

/** What would be lost with some runs, so that a person can be told before they go. */
export async function lossOf(project: OpenProject, ids: readonly string[]): Promise<RunLoss> {
  const { epochs, exports, bytes, dependants } = project.store.runs.loss(ids);
  return {
    runs: ids.length,
    epochs,
    exports,
    bytes: ids.length > MOST_WALKED ? bytes : await bytesIn(ids.map((id) => runFolder(project, id))),
    dependants,
  };
}

async function bytesIn(folders: readonly string[]): Promise<number> {
  let sum = 0;
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) {
      // One that has just gone weighs nothing.
      sum += (await stat(join(parentPath, name)).catch(() => null))?.size ?? 0;
    }
  }
  return sum;
}
