import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { LabClient, Project, Run } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';

const DATABASE = 'graft.db';

export function openProject(lab: LabClient, dir: string): Promise<Project> {
  return lab.call('projects.open', { path: resolve(dir) });
}

export function openOrCreateProject(lab: LabClient, dir: string): Promise<Project> {
  const path = resolve(dir);
  if (existsSync(join(path, DATABASE))) return openProject(lab, path);
  return lab.call('projects.create', { path, name: basename(path) });
}

/** A run by its id, by its number, or `latest`. Throws `run.unknown`. */
export async function findRun(lab: LabClient, wanted: string): Promise<Run> {
  const runs = await lab.call('runs.list', {});
  const newest = runs.toSorted((a, b) => b.number - a.number)[0];
  const number = /^#?(\d+)$/.exec(wanted)?.[1];
  const found =
    runs.find(({ id }) => id === wanted) ??
    (wanted === 'latest' ? newest : runs.find((run) => run.number === Number(number)));
  if (!found) throw new GraftError('run.unknown', { run: wanted, id: wanted });
  return found;
}
