import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Project } from '../../shared/contract/index.ts';
import { createProject, openProject, projectFolder } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { HandlersOf, LabContext } from './context.ts';
import { forget, recentProjects, remember } from './recent.ts';
import { settleRemovals } from './runs/run-files.ts';
import { settleUnfinishedRuns } from './runs/unfinished.ts';
import { fillSample, type SampleServices } from './sample.ts';

/** Opening, closing and naming projects. One is open at a time; switching waits for its work to end. */
export function projectHandlers(lab: LabContext, services: SampleServices): HandlersOf<'projects'> {
  const { dataDir } = lab.options;
  const oneAtATime = serially();

  async function switchTo(open: () => Store): Promise<Project> {
    const store = open();
    await closeCurrent(lab);
    settleUnfinishedRuns(store);
    lab.projects.take(store);
    await settleRemovals(lab.projects.current);
    remember(dataDir, store.dir, store.project.get().name);
    return lab.projects.describeCurrent();
  }

  async function open(path: string): Promise<Project> {
    const dir = projectFolder(path);
    if (lab.projects.isOpen && lab.projects.current.dir === dir) return lab.projects.describeCurrent();
    return switchTo(() => openProject(dir));
  }

  return {
    'projects.current': () => lab.projects.describe(),
    'projects.recent': () => recentProjects(dataDir),
    'projects.create': ({ path, name }) =>
      oneAtATime(() => switchTo(() => createProject(resolve(path), name))),
    'projects.open': ({ path }) => oneAtATime(() => open(path)),
    'projects.close': () =>
      oneAtATime(async () => {
        await closeCurrent(lab);
        return null;
      }),
    'projects.forget'({ path }) {
      forget(dataDir, path);
      return recentProjects(dataDir);
    },
    'projects.rename'({ name }) {
      const { store, dir } = lab.projects.current;
      store.project.rename(name);
      lab.projects.changed();
      remember(dataDir, dir, name);
      return lab.projects.describeCurrent();
    },
    'projects.sample': ({ path, train }) =>
      oneAtATime(async () => {
        const dir = path ? resolve(path) : freePlace(join(homedir(), 'Documents'), 'Graft sample');
        await switchTo(() => createProject(dir, 'Sample'));
        return fillSample(lab, services, train);
      }),
  };
}

/** Ends the work on the open project, if there is one, and closes it. */
export async function closeCurrent(lab: LabContext): Promise<void> {
  if (!lab.projects.isOpen) return;
  await lab.jobs.clear();
  lab.projects.release();
}

function freePlace(folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name} ${number}`);
    if (!existsSync(path)) return path;
  }
}

/** Runs what it is given one after the other. */
function serially(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
