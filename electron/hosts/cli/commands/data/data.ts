import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { importKinds } from '../../../../../shared/contract/data/items.ts';
import type { ImportKind, ImportReport, LabClient, Run } from '../../../../../shared/contract/index.ts';
import { GraftError } from '../../../../../shared/errors.ts';
import { followJob } from '../../follow.ts';
import { list, percent, seconds, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openOrCreateProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

interface ImportOptions {
  json?: boolean;
  copy?: boolean;
  collection: string;
  kind: ImportKind;
}

export function dataCommands(program: Command): void {
  program
    .command('sample <dir>')
    .description('make the sample project and train its runs, from scratch against transferred')
    .option('--no-train', 'only make the project')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: { train: boolean; json?: boolean }) =>
      withLab(options, (lab) => sample(lab, dir, options.train)),
    );
  program
    .command('import <dir> <source>')
    .description(
      'import class folders, split folders, a CSV of path,label[,split], COCO, Pascal VOC, or a ZIP of them',
    )
    .addOption(new Option('--kind <kind>', 'what the source is').choices(importKinds).default('auto'))
    .option('--copy', 'copy the files into the project instead of referring to them')
    .option('--collection <name>', 'group of items to put them in', 'main')
    .option('--json', 'print one JSON document')
    .action((dir: string, source: string, options: ImportOptions) =>
      withLab(options, (lab) => importItems(lab, dir, source, options)),
    );
}

async function sample(lab: LabClient, dir: string, train: boolean): Promise<Outcome> {
  const { project, job } = await lab.call('projects.sample', { path: resolve(dir), train });
  if (job) await followJob(lab, job);
  const runs = await lab.call('runs.list', {});
  const rows = runs.toSorted((a, b) => a.number - b.number).map(runRow);
  const text = [
    `Sample project at ${project.path}`,
    rows.length > 0 ? table(['Run', 'Name', 'Status', 'Collection', 'Split', 'Accuracy'], rows.flat()) : '',
  ];
  return { value: { project: project.path, runs }, text: text.join('\n').trim() };
}

function runRow({ number, name, status, summaries }: Run): (string | number)[][] {
  return summaries.map(({ collection, split, accuracy }) => [
    number,
    name,
    status,
    collection ?? 'all',
    split,
    percent(accuracy),
  ]);
}

async function importItems(
  lab: LabClient,
  dir: string,
  source: string,
  { copy = false, collection, kind }: ImportOptions,
): Promise<Outcome> {
  const from = resolve(source);
  // A mistyped source must not leave an empty project behind.
  if (!existsSync(from)) throw new GraftError('file.missing', { path: from });
  const { path } = await openOrCreateProject(lab, dir);
  const { job } = await lab.call('items.import', { path: from, kind, copy, collection });
  const report = (await followJob(lab, job)).result as ImportReport;
  return { value: { project: path, ...report }, text: describe(path, report) };
}

function describe(path: string, report: ImportReport): string {
  const skipped = report.skipped.map((file) => `  left aside: ${file.path} (${file.reason})`);
  return [
    list({
      Project: path,
      Added: report.added,
      'Known already': report.known,
      'Cannot be read': report.broken,
      Odd: report.warnings,
      'Left aside': report.skippedCount,
      Classes: report.classes.join(', '),
      Took: seconds(report.seconds),
    }),
    ...skipped,
  ].join('\n');
}
