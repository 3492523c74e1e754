import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Job, LabelExport, ParsedParams } from '../../../shared/contract/index.ts';
import { csvRow } from '../../../shared/csv.ts';
import { GraftError } from '../../../shared/errors.ts';
import { safeName } from '../../../shared/file-names.ts';
import { openBeside, orUnwritable } from '../../engine/tensors/write-beside.ts';
import type { LabelledFile } from '../../store/queries/items/item-files.ts';
import type { LabContext } from '../context.ts';
import { throwIfCancelled } from '../engine-call.ts';
import { placeInto } from '../items/copies.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { itemFilePages } from './item-file-pages.ts';

/** Where pictures without a split go when others have one, and those without a label when there are no splits. */
const NO_SPLIT = 'unassigned';
const NO_LABEL = 'unlabelled';

type ExportParams = ParsedParams<'items.exportLabels'>;

/** Writes what a person has decided about the items as a job; its result is a LabelExport. */
export function startLabelExport(
  lab: LabContext,
  { out, form, link }: ExportParams,
): { job: Job; result: Promise<LabelExport> } {
  const project = lab.projects.current;
  const path = resolve(out);
  return lab.jobs.start({ kind: 'export', subject: path }, async (job) => {
    const total = lab.projects.describeCurrent().counts.items;
    const task = { project, path, job, total };
    const report = form === 'csv' ? await exportTable(task) : await exportFolders(task, link);
    project.store.audit.note('export-labels', { form, ...report });
    return report;
  });
}

interface Task {
  project: OpenProject;
  path: string;
  job: JobControls;
  total: number;
}

/**
 * A table of path, label, split and attributes (RFC 4180, UTF-8), which `items.import` reads back to the same. Paths
 * below the table's own folder are relative, so that both can move together.
 */
async function exportTable({ project, path, job, total }: Task): Promise<LabelExport> {
  if (existsSync(path)) throw new GraftError('file.exists', { path });
  const { store } = project;
  const names = store.attributes.columns().map(({ name }) => name);
  const columns = names.map((name) => store.attributes.ofName(name));
  const report: LabelExport = { path, items: 0, missing: 0 };
  const file = await openBeside(path);
  try {
    await file.handle.write(csvRow(['path', 'label', 'split', ...names]));
    for await (const page of itemFilePages(store)) {
      throwIfCancelled(job.signal);
      const rows = page.map((item) => {
        const cells = [item.label ?? '', item.split ?? '', ...columns.map((of) => of.get(item.id) ?? '')];
        return csvRow([writtenPath(absolutePath(project.dir, item.path), dirname(path)), ...cells]);
      });
      await orUnwritable(path, () => file.handle.write(rows.join('')));
      report.items += page.length;
      job.progress({ phase: 'save', done: report.items, total });
    }
    throwIfCancelled(job.signal);
    if (existsSync(path)) throw new GraftError('file.exists', { path });
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
  return report;
}

/** A path as a table writes it; `./` keeps a name such as `=1.jpg` from looking like a formula. */
function writtenPath(path: string, folder: string): string {
  const below = relative(folder, path);
  if (below.startsWith('..') || isAbsolute(below)) return path;
  const written = below.split(sep).join('/');
  return /^[=+\-@'\s]/.test(written) ? `./${written}` : written;
}

/** Split folders of class folders (class folders alone where nothing has a split) with copies or hard links. */
async function exportFolders({ project, path, job, total }: Task, link: boolean): Promise<LabelExport> {
  const { counts } = await countSplits(project);
  const folderOf = classFolders();
  const report: LabelExport = { path, items: 0, missing: 0 };
  let done = 0;
  for await (const page of itemFilePages(project.store)) {
    for (const item of page) {
      throwIfCancelled(job.signal);
      const steps = counts > 0 ? [item.split ?? NO_SPLIT] : [];
      if (item.label !== null) steps.push(folderOf(item.label));
      else if (counts === 0 || item.split === null) steps.push(NO_LABEL);
      if (await placed(project, item, join(path, ...steps), link)) report.items++;
      else report.missing++;
      job.progress({ phase: 'copy', done: ++done, total });
    }
  }
  return report;
}

async function countSplits({ store }: OpenProject): Promise<{ counts: number }> {
  let counts = 0;
  for await (const page of itemFilePages(store)) counts += page.filter(({ split }) => split !== null).length;
  return { counts };
}

async function placed(
  project: OpenProject,
  item: LabelledFile,
  folder: string,
  link: boolean,
): Promise<boolean> {
  const file = absolutePath(project.dir, item.path);
  if (!existsSync(file)) return false;
  await placeInto(folder, file, item.sha256, link ? 'link' : 'copy');
  return true;
}

/** A folder name for every class; two classes never share one, also where capitals do not count. */
function classFolders(): (label: string) => string {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  return (label) => {
    const known = folders.get(label);
    if (known !== undefined) return known;
    const name = safeName(label);
    let folder = name;
    for (let number = 2; taken.has(folder.toLowerCase()); number++) folder = `${name}-${number}`;
    taken.add(folder.toLowerCase());
    folders.set(label, folder);
    return folder;
  };
}
