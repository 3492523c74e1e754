import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { exportFormats } from '../../../../../shared/contract/documents/exports.ts';
import type {
  Certificate,
  ExportFormat,
  LabClient,
  Prediction,
} from '../../../../../shared/contract/index.ts';
import { GraftError, errorText } from '../../../../../shared/errors.ts';
import { errorFrom } from '../../../../../shared/session.ts';
import { list, megabytes, note, percent, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

/** Pictures asked about at once: the contract's limit is 1,000. */
const BATCH = 500;

interface ExportOptions {
  json?: boolean;
  format: string;
  out: string;
}

export function modelCommands(program: Command): void {
  program
    .command('predict <dir> <run> <paths...>')
    .description('predict pictures, or every file of a folder, with a run')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, paths: string[], options: { json?: boolean }) =>
      withLab(options, (lab) => predict(lab, dir, run, paths)),
    );
  program
    .command('export <dir> <run>')
    .description('write the model of a run to a file')
    .requiredOption('--out <file>', 'file to write')
    .option('--format <name>', exportFormats.join(', '), 'onnx')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, options: ExportOptions) => {
      const format = exportFormats.find((name) => name === options.format);
      if (!format) throw usage(`--format is one of ${exportFormats.join(', ')}`);
      return withLab(options, (lab) => exportModel(lab, dir, run, format, options.out));
    });
}

async function predict(lab: LabClient, dir: string, wanted: string, paths: string[]): Promise<Outcome> {
  await openProject(lab, dir);
  const { id } = await findRun(lab, wanted);
  const files = paths.flatMap(filesAt);
  let classes: string[] = [];
  const predictions: Prediction[] = [];
  for (let start = 0; start < files.length; start += BATCH) {
    const images = files.slice(start, start + BATCH).map((path) => ({ path }));
    const answer = await lab.call('predict.images', { run: id, images });
    classes = answer.classes;
    predictions.push(...answer.predictions);
  }
  const named = predictions.map((prediction, index) => ({ path: files[index], ...prediction }));
  const rows = named.map(({ path, predicted, probabilities, error }) => [
    path ?? '',
    error ? sentence(error) : (classes[predicted ?? -1] ?? '-'),
    predicted === null ? '-' : percent(probabilities[predicted]),
  ]);
  return {
    value: { run: id, classes, predictions: named },
    text: table(['File', 'Prediction', 'Probability'], rows),
  };
}

async function exportModel(
  lab: LabClient,
  dir: string,
  wanted: string,
  format: ExportFormat,
  out: string,
): Promise<Outcome> {
  await openProject(lab, dir);
  const { id } = await findRun(lab, wanted);
  const value = await lab.call('exports.model', { run: id, format, out: resolve(out) });
  if (value.agrees === false) note('The exported file does NOT answer as the model does: do not use it.');
  const text = list({
    Model: value.path,
    Size: megabytes(value.bytes),
    SHA256: value.sha256,
    Checked: checked(value),
    Speed:
      value.msPerImage === null ? null : `${value.msPerImage.toFixed(1)} ms per picture (${value.device})`,
  });
  return { value, text };
}

function checked({ checked: n, agreement, largestDifference, agrees }: Certificate): string {
  if (agreement === null || largestDifference === null) return 'on nothing: there are no held-out pictures';
  const verdict = agrees ? 'the same model' : 'NOT THE SAME MODEL';
  return `${verdict}: ${percent(agreement)} of ${n} pictures get the same class, largest difference ${largestDifference.toExponential(1)}`;
}

/** A file as it is, a folder as the files in it. Throws `file.missing`. */
function filesAt(path: string): string[] {
  const full = resolve(path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (!stat) throw new GraftError('file.missing', { path: full });
  if (!stat.isDirectory()) return [full];
  const entries = readdirSync(full, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sentence(error: { code: string; params: Record<string, string | number> }): string {
  const { code, params } = errorFrom(error);
  return errorText(code, params, 'en');
}
