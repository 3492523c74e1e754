import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LabClient } from '../../../../shared/contract/index.ts';
import { list, megabytes, table } from '../output.ts';
import type { Outcome } from '../output.ts';
import { SHORT_ID } from '../recipe.ts';
import { withLab } from '../with-lab.ts';

interface ImportOptions {
  json?: boolean;
  as?: string;
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
  const entry = await lab.call('zoo.import', { path: resolve(source), as });
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
