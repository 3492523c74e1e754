import { relative, resolve } from 'node:path';
import type { Job, RelinkReport } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { ItemFile } from '../../store/queries/items/item-files.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath, storedPath } from '../items/item-paths.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import type { MissingItems } from './missing.ts';

/** Files looked for with one request: a cancelled search ends soon and has kept what it found. */
const BATCH = 2000;

/** Looks for missing files in a folder as a job; its result is a RelinkReport. Labels are never touched. */
export function startRelink(
  lab: LabContext,
  missing: MissingItems,
  { from, to }: { from?: string; to: string },
): { job: Job; result: Promise<RelinkReport> } {
  const project = lab.projects.current;
  const folder = resolve(to);
  return lab.jobs.start({ kind: 'relink', subject: folder }, async (job) => {
    await missing.refresh();
    const lost = project.store.itemFiles.byIds(missing.below(from));
    if (lost.length === 0) throw new GraftError('relink.nothing', { path: from ?? project.dir });
    const report: RelinkReport = { found: 0, missing: 0, differing: 0, known: 0 };
    for (let start = 0; start < lost.length; start += BATCH) {
      const batch = lost.slice(start, start + BATCH);
      await relinkBatch({ lab, project, missing, folder, job, report }, batch, start, lost.length);
    }
    moveWatches(project, from, folder);
    await missing.refresh();
    report.missing = missing.below(undefined).length;
    project.store.audit.note('relink', { to: folder, ...report });
    return report;
  });
}

interface Search {
  lab: LabContext;
  project: OpenProject;
  missing: MissingItems;
  folder: string;
  job: JobControls;
  report: RelinkReport;
}

async function relinkBatch(search: Search, batch: ItemFile[], start: number, total: number): Promise<void> {
  const { lab, project, missing, folder, job, report } = search;
  const wanted = batch.map(({ id, path, bytes, sha256 }) => {
    const lost = absolutePath(project.dir, path);
    return { path: relative(missing.folderOf(id) ?? project.dir, lost), bytes, sha256 };
  });
  const { places, differing } = await requestUntil(
    job.signal,
    lab.engines.media,
    'findMoved',
    { folder, wanted },
    ({ done }) => job.progress({ phase: 'compare', done: start + done, total }),
  );
  report.differing += differing;
  lab.projects.editQuietly((store) => {
    for (const [index, place] of places.entries()) {
      const item = batch[index]!;
      if (place === null) continue;
      const path = storedPath(project.dir, place);
      // A file that is referred to is known by where it lies; of a copy, by where it was copied from.
      const source = item.source === item.path ? path : item.source;
      if (store.itemFiles.move(item.id, path, source)) report.found++;
      else report.known++;
    }
  });
}

/** A watched folder that has moved along goes on being watched. */
function moveWatches({ dir, store }: OpenProject, from: string | undefined, to: string): void {
  if (from === undefined) return;
  for (const watch of store.watchedFolders.all()) {
    const below = relative(from, absolutePath(dir, watch.path));
    if (below.startsWith('..') || resolve(from, below) !== absolutePath(dir, watch.path)) continue;
    store.watchedFolders.move(watch.id, storedPath(dir, resolve(to, below)));
  }
}
