import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { tableNames, type TableName } from '../../../../../shared/contract/documents/documents.ts';
import type { LabClient, Split } from '../../../../../shared/contract/index.ts';
import { splits } from '../../../../../shared/contract/projects.ts';
import type { Language } from '../../../../../shared/errors.ts';
import { csv, tableJson } from '../../../../../shared/table.ts';
import { list, megabytes } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { languageOfTerminal } from '../../terminal-language.ts';
import { usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface ReportOptions {
  json?: boolean;
  split: string;
  against?: string;
  language?: string;
}

interface TableOptions {
  json?: boolean;
  split: string;
  format: string;
  out?: string;
}

const formats = ['csv', 'json'];

export function documentCommands(program: Command): void {
  capsuleCommand(program);
  program
    .command('report <dir> <run> <file>')
    .description('write what a run came to as one file: .html, or .pdf with an installed Chromium')
    .option('--split <name>', splits.join(', '), 'test')
    .option('--against <run>', 'a run to compare it with')
    .option('--language <name>', 'en, zh; that of the terminal where left out')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, file: string, options: ReportOptions) => {
      const split = splitNamed(options.split);
      const language = languageNamed(options.language);
      return withLab(options, (lab) => report(lab, dir, run, file, { ...options, split, language }));
    });
  program
    .command('export-table <dir> <run> <table>')
    .description(`print a table, or write it to a file: ${tableNames.join(', ')}, or all into a folder`)
    .option('--split <name>', splits.join(', '), 'test')
    .option('--format <name>', formats.join(', '), 'csv')
    .option('--out <path>', 'file to write; for all, the folder')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, table: string, options: TableOptions) => {
      const split = splitNamed(options.split);
      if (!formats.includes(options.format)) throw usage(`--format is one of ${formats.join(', ')}`);
      const name = tableNames.find((known) => known === table);
      if (table === 'all') {
        const { out } = options;
        if (!out) throw usage('all needs --out <folder>');
        return withLab(options, (lab) => everyTable(lab, dir, run, split, out));
      }
      if (!name) throw usage(`the table is one of ${tableNames.join(', ')}, or all`);
      return withLab(options, (lab) => oneTable(lab, dir, run, name, { ...options, split }));
    });
}

interface CapsuleOptions {
  json?: boolean;
  open?: string;
  pictures: boolean;
}

function capsuleCommand(program: Command): void {
  program
    .command('capsule <dir> [run] [file]')
    .description(
      'write a run with all it takes to verify it elsewhere to one file, or open such a file in <dir>',
    )
    .option('--open <file>', 'check every hash of a capsule and open it as a project in <dir>')
    .option('--no-pictures', 'leave the pictures out: their hashes alone go along')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string | undefined, file: string | undefined, options: CapsuleOptions) => {
      const { open } = options;
      if (open !== undefined) return withLab(options, (lab) => openCapsule(lab, resolve(open), resolve(dir)));
      if (run === undefined || file === undefined) throw usage('name a run and a file, or --open <file>');
      return withLab(options, (lab) => saveCapsule(lab, dir, run, file, options.pictures));
    });
}

async function saveCapsule(
  lab: LabClient,
  dir: string,
  wanted: string,
  file: string,
  pictures: boolean,
): Promise<Outcome> {
  await openProject(lab, dir);
  const { id: run } = await findRun(lab, wanted);
  const value = await lab.call('capsules.save', { run, pictures, out: resolve(file) });
  const text = list({
    Capsule: value.path,
    Size: megabytes(value.bytes),
    Entries: value.entries,
    SHA256: `${value.sha256} (of its list of hashes)`,
  });
  return { value, text };
}

async function openCapsule(lab: LabClient, file: string, dir: string): Promise<Outcome> {
  const value = await lab.call('capsules.open', { file, dir });
  const { again } = value;
  const text = list({
    Project: value.project.path,
    Run: value.run,
    Checked: `${value.entries} entries, every hash right`,
    Pictures: value.pictures,
    Again: again
      ? `${again.same} of ${again.checked} held-out pictures get the same class, largest difference ${again.largestDifference.toExponential(1)}`
      : 'not asked: it brought no pictures',
  });
  return { value, text };
}

async function report(
  lab: LabClient,
  dir: string,
  wanted: string,
  file: string,
  { split, against, language }: { split: Split; against?: string; language: Language },
): Promise<Outcome> {
  await openProject(lab, dir);
  const { id: run } = await findRun(lab, wanted);
  const other = against === undefined ? null : (await findRun(lab, against)).id;
  const value = await lab.call('documents.report', {
    run,
    split,
    language,
    against: other,
    out: resolve(file),
  });
  return { value, text: list({ Report: value.path, Size: megabytes(value.bytes) }) };
}

async function oneTable(
  lab: LabClient,
  dir: string,
  wanted: string,
  table: TableName,
  { split, format, out }: { split: Split; format: string; out?: string },
): Promise<Outcome> {
  await openProject(lab, dir);
  const { id: run } = await findRun(lab, wanted);
  const value = await lab.call('documents.table', { run, split, table });
  const text = format === 'json' ? tableJson(value) : csv(value);
  if (out === undefined) return { value, text };
  const path = resolve(out);
  writeFileSync(path, `${text}\n`);
  return { value: { path, rows: value.rows.length }, text: `${value.rows.length} rows in ${path}` };
}

async function everyTable(
  lab: LabClient,
  dir: string,
  wanted: string,
  split: Split,
  out: string,
): Promise<Outcome> {
  await openProject(lab, dir);
  const { id: run } = await findRun(lab, wanted);
  const value = await lab.call('documents.tables', { run, split, out: resolve(out) });
  return { value, text: `${value.files.length} files in ${value.path}` };
}

function splitNamed(name: string): Split {
  const split = splits.find((known) => known === name);
  if (!split) throw usage(`--split is one of ${splits.join(', ')}`);
  return split;
}

function languageNamed(name: string | undefined): Language {
  if (name === undefined) return languageOfTerminal();
  if (name !== 'en' && name !== 'zh') throw usage('--language is en or zh');
  return name;
}
