import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LabClient, LabelExport, RelinkReport } from '../../../../../shared/contract/index.ts';
import { followJob } from '../../follow.ts';
import { list, note, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openOrCreateProject, openProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

/** Where the pictures of a project come from and go to. */
export function sourceCommands(program: Command): void {
  program
    .command('export-labels <dir> <out>')
    .description('write labels and splits as a CSV that can be imported again, or as folders of the pictures')
    .option('--folders', 'split and class folders with copies of the pictures')
    .option('--link', 'with --folders: hard links instead of copies, where the disk has them')
    .option('--json', 'print one JSON document')
    .action((dir: string, out: string, options: { folders?: boolean; link?: boolean; json?: boolean }) =>
      withLab(options, (lab) => exportLabels(lab, dir, out, options)),
    );
  program
    .command('missing <dir>')
    .description('tell which files of a project are no longer where they were')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: { json?: boolean }) => withLab(options, (lab) => missing(lab, dir)));
  program
    .command('relink <dir> <folder>')
    .description('find missing files in the folder they have moved to; labels stay as they are')
    .option('--from <folder>', 'only those that were in this folder (as `graft missing` names it)')
    .option('--json', 'print one JSON document')
    .action((dir: string, folder: string, options: { from?: string; json?: boolean }) =>
      withLab(options, (lab) => relink(lab, dir, folder, options.from)),
    );
  program
    .command('watch <dir> [folder]')
    .description('take in what appears in a folder, and in those watched already, until Ctrl+C')
    .option('--copy', 'copy the files into the project instead of referring to them')
    .option('--collection <name>', 'group of items to put them in', 'main')
    .action((dir: string, folder: string | undefined, options: { copy?: boolean; collection: string }) =>
      withLab({}, (lab) => watch(lab, dir, folder, options)),
    );
}

async function exportLabels(
  lab: LabClient,
  dir: string,
  out: string,
  { folders = false, link = false }: { folders?: boolean; link?: boolean },
): Promise<Outcome> {
  await openProject(lab, dir);
  const form = folders ? 'folders' : 'csv';
  const { job } = await lab.call('items.exportLabels', { out: resolve(out), form, link });
  const report = (await followJob(lab, job)).result as LabelExport;
  const text = list({ Written: report.path, Images: report.items, 'Files missing': report.missing });
  return { value: report, text };
}

async function missing(lab: LabClient, dir: string): Promise<Outcome> {
  await openProject(lab, dir);
  const value = await lab.call('items.missing', {});
  const rows = value.folders.map(({ path, items }) => [items, path]);
  return {
    value,
    text: rows.length > 0 ? table(['Missing', 'Folder'], rows) : 'Every file is in its place.',
  };
}

async function relink(lab: LabClient, dir: string, folder: string, from?: string): Promise<Outcome> {
  await openProject(lab, dir);
  const params = { to: resolve(folder), ...(from !== undefined && { from: resolve(from) }) };
  const { job } = await lab.call('items.relink', params);
  const report = (await followJob(lab, job)).result as RelinkReport;
  const text = list({
    Found: report.found,
    'Still missing': report.missing,
    'Same name, other content': report.differing,
    'Items already': report.known,
  });
  return { value: report, text };
}

async function watch(
  lab: LabClient,
  dir: string,
  folder: string | undefined,
  { copy = false, collection }: { copy?: boolean; collection: string },
): Promise<Outcome> {
  await openOrCreateProject(lab, dir);
  if (folder !== undefined) {
    const { job } = await lab.call('watches.add', { path: resolve(folder), copy, collection });
    await followJob(lab, job);
  }
  const told = new Map<number, string>();
  const tell = (): Promise<void> =>
    lab.call('watches.list', {}).then((watches) => {
      for (const { id, path, state, added } of watches) {
        const line = state === 'gone' ? `${path}: not there` : `${path}: ${added} added`;
        if (told.get(id) !== line) note(line);
        told.set(id, line);
      }
    });
  await tell();
  const stop = lab.on('watches.changed', () => void tell());
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  clearInterval(alive);
  stop();
  return { value: await lab.call('watches.list', {}), text: '' };
}
