import { resolve } from 'node:path';
import { Option } from 'commander';
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

const preparations = ['tf', 'caffe', 'torch', 'unit', 'none'] as const;

interface ImportOptions {
  json?: boolean;
  as?: string;
  cut?: string;
  layout?: 'NHWC' | 'NCHW';
  size?: string;
  prepare?: (typeof preparations)[number];
  cuts?: boolean;
}

interface DownloadOptions {
  json?: boolean;
  width: string;
  withTop?: boolean;
}

interface MeasureOptions {
  json?: boolean;
  size?: string;
  width: string;
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
    .option('--cut <tensor>', 'of an ONNX or graph model: the tensor that its features are')
    .addOption(new Option('--layout <order>', 'of its input').choices(['NHWC', 'NCHW']))
    .option('--size <pixels>', 'side of its pictures, where it takes any')
    .addOption(new Option('--prepare <mode>', 'how its pictures are prepared').choices(preparations))
    .option('--cuts', 'list where it can be cut, and import nothing')
    .option('--json', 'print one JSON document')
    .action((source: string, _: ImportOptions, command: Command) => {
      // `zoo --json` and `zoo import --json` are one option to the reader.
      const options = command.optsWithGlobals<ImportOptions>();
      return withLab(options, (lab) =>
        (options.cuts ? listCuts : importWeights)(lab, resolve(source), options),
      );
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
    .command('measure <backbone>')
    .description('time a frozen backbone on this machine, and remember it')
    .option('--size <pixels>', 'side of the input; by default the size it was published for')
    .option('--width <alpha>', 'width multiplier, where there are several', '1')
    .option('--json', 'print one JSON document')
    .action((arch: string, _: MeasureOptions, command: Command) => {
      const options = command.optsWithGlobals<MeasureOptions>();
      return withLab(options, (lab) => measure(lab, arch, options));
    });
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

async function measure(lab: LabClient, arch: string, { size, width }: MeasureOptions): Promise<Outcome> {
  const zoo = await lab.call('zoo.list', {});
  const row = zoo.find(({ id }) => id === arch);
  if (!row) throw new GraftError('zoo.unknown', { id: arch, known: zoo.map(({ id }) => id).join(', ') });
  const inputSize = Number(size ?? row.inputSize);
  const speed = await lab.call('zoo.measure', { arch, alpha: Number(width), inputSize });
  const text = list({
    Backbone: `${arch}, width ${speed.alpha}, ${speed.inputSize} px`,
    Speed: `${speed.msPerImage.toFixed(2)} ms per image, frozen, ${speed.batch} at a time`,
    Memory: speed.memory === null ? 'not known' : megabytes(speed.memory),
    Device: speed.device,
  });
  return { value: speed, text };
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
  const speeds = await lab.call('zoo.speeds', {});
  const speedOf = (id: string): string => {
    const speed = speeds.find(({ arch }) => arch === id);
    return speed ? `${speed.msPerImage.toFixed(1)} at ${speed.inputSize} px` : '-';
  };
  const rows = zoo.map((arch) => [
    arch.id,
    arch.title,
    arch.params,
    arch.inputSize,
    arch.featureWidth,
    arch.top1 === null ? '-' : arch.top1.toFixed(1),
    arch.licence,
    speedOf(arch.id),
    arch.installed.map(({ id, alpha }) => `${id.slice(0, SHORT_ID)} (width ${alpha})`).join(', ') || '-',
  ]);
  const facts = ['Id', 'Backbone', 'Parameters', 'Input', 'Features', 'Top-1 %', 'Licence'];
  const header = [...facts, 'ms per image here', 'Weights in the library'];
  return { value: zoo, text: table(header, rows) };
}

async function importWeights(lab: LabClient, path: string, options: ImportOptions): Promise<Outcome> {
  const { as, cut, layout, prepare: preprocessing } = options;
  const graph = { cut, layout, preprocessing, ...sizeOf(options) };
  return described(await lab.call('zoo.import', { path, as, graph }));
}

async function listCuts(lab: LabClient, path: string, options: ImportOptions): Promise<Outcome> {
  const found = await lab.call('zoo.inspect', { path, layout: options.layout, ...sizeOf(options) });
  if (!found) return { value: null, text: 'These are weights of layers: there is nothing to choose.' };
  const rows = found.cuts.map(({ name, op, shape }) => [
    name === found.defaultCut ? `${name} *` : name,
    op,
    shape.slice(1).join(' x '),
  ]);
  const head = `Input ${found.layout}, ${found.size} pixels, prepared as ${found.preprocessing}; * is the cut by default`;
  return { value: found, text: `${head}\n${table(['Cut', 'Operation', 'Shape'], rows)}` };
}

const sizeOf = ({ size }: ImportOptions) => (size === undefined ? {} : { size: Number(size) });

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
