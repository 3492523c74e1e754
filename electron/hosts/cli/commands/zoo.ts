import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LabClient, WeightsEntry } from '../../../../shared/contract/index.ts';
import { weightsEntrySchema } from '../../../../shared/contract/zoo.ts';
import { GraftError } from '../../../../shared/errors.ts';
import { errorFrom } from '../../../../shared/session.ts';
import { followJob } from '../follow.ts';
import { list, megabytes, note, table } from '../output.ts';
import type { Outcome } from '../output.ts';
import { findRun, openProject } from '../project.ts';
import { SHORT_ID } from '../recipe.ts';
import { withLab } from '../with-lab.ts';

interface ImportOptions {
  json?: boolean;
  as?: string;
}

interface DownloadOptions {
  json?: boolean;
  width: string;
  withTop?: boolean;
}

export function zooCommands(program: Command): void {
  const zoo = program
    .command('zoo')
    .description('list the backbones, and which have weights in the library')
    .option('--json', 'print one JSON document')
    .action((options: { json?: boolean }) => withLab(options, listZoo));
  zoo
    .command('import <source>')
    .description('import pretrained weights from a file or folder')
    .option('--as <id>', 'name the backbone where the file does not tell')
    .option('--json', 'print one JSON document')
    .action((source: string, _: ImportOptions, command: Command) => {
      // `zoo --json` and `zoo import --json` are one option to the reader.
      const options = command.optsWithGlobals<ImportOptions>();
      return withLab(options, (lab) => importWeights(lab, source, options.as));
    });
  zoo
    .command('download <backbone>')
    .description('fetch published weights of a backbone: the one command that goes online')
    .option('--width <alpha>', 'width multiplier, where there are several', '1')
    .option('--with-top', 'the file with the classifier on top')
    .option('--json', 'print one JSON document')
    .action((arch: string, _: DownloadOptions, command: Command) => {
      const options = command.optsWithGlobals<DownloadOptions>();
      return withLab(options, (lab) => download(lab, arch, options));
    });
  zoo
    .command('keep <dir> <run>')
    .description('keep the backbone of a run of a project as weights, to carry over in any project')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, _: { json?: boolean }, command: Command) =>
      withLab(command.optsWithGlobals<{ json?: boolean }>(), (lab) => keepRun(lab, dir, run)),
    );
  zoo
    .command('inbox')
    .description('import the files in the inbox, the folder for what was fetched by hand')
    .option('--json', 'print one JSON document')
    .action((_: { json?: boolean }, command: Command) =>
      withLab(command.optsWithGlobals<{ json?: boolean }>(), lookIntoInbox),
    );
}

/** The smallest file that serves, for most people: without the classifier, unless only that one is published. */
async function download(lab: LabClient, id: string, options: DownloadOptions): Promise<Outcome> {
  const zoo = await lab.call('zoo.list', {});
  const arch = zoo.find((candidate) => candidate.id === id);
  if (!arch) throw new GraftError('zoo.unknown', { id, known: zoo.map((row) => row.id).join(', ') });
  const offered = arch.published.filter(({ alpha }) => alpha === Number(options.width));
  const wanted = offered.find(({ withTop }) => withTop === (options.withTop ?? false)) ?? offered[0];
  if (!wanted) {
    const known = [...new Set(arch.published.map(({ alpha }) => alpha))].join(', ') || '-';
    throw new GraftError('download.unknown', { arch: id, file: `width ${options.width}`, known });
  }
  const size = wanted.bytes === null ? 'of unknown size' : megabytes(wanted.bytes);
  const { job } = await lab.call('zoo.download', { arch: id, file: wanted.file });
  note(`Fetching ${wanted.file} (${size}) from ${new URL(wanted.url).host}`);
  const { result } = await followJob(lab, job);
  return described(weightsEntrySchema.parse(result));
}

async function lookIntoInbox(lab: LabClient): Promise<Outcome> {
  const report = await lab.call('zoo.inbox', {});
  const { path, imported, known, failed } = report;
  const lines = [
    ...imported.map(
      ({ file, entry }) => `${file}: ${entry.arch}, width ${entry.alpha}, ${entry.id.slice(0, SHORT_ID)}`,
    ),
    ...known.map((file) => `${file}: in the library already`),
    ...failed.map(({ file, error }) => `${file}: ${errorFrom(error).message}`),
  ];
  return { value: report, text: lines.length > 0 ? lines.join('\n') : `Nothing lies in ${path}` };
}

async function listZoo(lab: LabClient): Promise<Outcome> {
  const zoo = await lab.call('zoo.list', {});
  const rows = zoo.map((arch) => [
    arch.id,
    arch.title,
    arch.params,
    arch.inputSize,
    arch.featureWidth,
    arch.top1 === null ? '-' : arch.top1.toFixed(1),
    arch.installed.map(({ id, alpha }) => `${id.slice(0, SHORT_ID)} (width ${alpha})`).join(', ') || '-',
  ]);
  const header = ['Id', 'Backbone', 'Parameters', 'Input', 'Features', 'Top-1 %', 'Weights in the library'];
  return { value: zoo, text: table(header, rows) };
}

async function importWeights(lab: LabClient, source: string, as?: string): Promise<Outcome> {
  return described(await lab.call('zoo.import', { path: resolve(source), as }));
}

function described(entry: WeightsEntry): Outcome {
  const text = list({
    Weights: entry.id,
    Backbone: `${entry.arch}, width ${entry.alpha}`,
    Classifier: entry.withTop ? `${entry.classes} classes` : 'none (features only)',
    Parameters: entry.params,
    Size: megabytes(entry.bytes),
    Format: entry.format,
  });
  return { value: entry, text };
}

async function keepRun(lab: LabClient, dir: string, wanted: string): Promise<Outcome> {
  await openProject(lab, dir);
  const { id } = await findRun(lab, wanted);
  return described(await lab.call('zoo.keep', { run: id }));
}
