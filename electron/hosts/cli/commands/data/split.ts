import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { LabClient, Params, Project, SplitPreview } from '../../../../../shared/contract/index.ts';
import type { Grouping } from '../../../../../shared/splitting/grouping.ts';
import { groupingText, splitNoteText } from '../../../../../shared/splitting/split-words.ts';
import { table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { languageOfTerminal } from '../../terminal-language.ts';
import { withLab } from '../../with-lab.ts';

interface SplitOptions {
  json?: boolean;
  train?: number;
  validation?: number;
  test?: number;
  seed?: number;
  by: string[];
  folder?: number;
  nameUntil?: '_' | '-';
  near: boolean;
  keepGiven?: boolean;
  apply?: boolean;
}

export function splitCommand(program: Command): void {
  program
    .command('split <dir>')
    .description('show how the items would be dealt out to train, validation and test; --apply does it')
    .option('--train <percent>', 'share of the training split', percentage)
    .option('--validation <percent>', 'share of the validation split', percentage)
    .option('--test <percent>', 'share of the test split', percentage)
    .option('--seed <n>', 'the same seed gives the same split', Number)
    .option('--by <column...>', 'keep together what has the same value in a column of the manifest', [])
    .option(
      '--folder <level>',
      'keep together what lies in the same folder: 1 its own, 2 the one above',
      Number,
    )
    .option('--name-until <sign>', 'keep together names that begin alike up to _ or -')
    .option('--no-near', 'let nearly the same pictures part')
    .option('--keep-given', 'leave items that have a split where they are')
    .option('--apply', 'store the split')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: SplitOptions) => withLab(options, (lab) => split(lab, dir, options)));
}

function percentage(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('a share is a number from 0 to 100');
  return value / 100;
}

async function split(lab: LabClient, dir: string, options: SplitOptions): Promise<Outcome> {
  const project = await openProject(lab, dir);
  const { settings, groupings } = await lab.call('items.splitChoices', {});
  const request: Params<'items.resplit'> = {
    train: options.train ?? settings.train,
    validation: options.validation ?? settings.validation,
    test: options.test ?? settings.test,
    seed: options.seed ?? settings.seed,
    near: options.near,
    by: wanted(options),
    keepGiven: options.keepGiven ?? false,
  };
  const preview = options.apply
    ? (await lab.call('items.resplit', request)).preview
    : await lab.call('items.previewSplit', request);
  const offered = groupings.map(
    ({ grouping, groups }) => `${groupingText(grouping, languageOfTerminal())} (${groups} groups)`,
  );
  const text = [
    describe(project, preview),
    ...(offered.length > 0 ? [`Could be kept together by: ${offered.join('; ')}.`] : []),
    options.apply ? 'Stored.' : 'Nothing was changed; --apply stores this split.',
  ];
  return { value: { ...preview, applied: options.apply ?? false, groupings }, text: text.join('\n') };
}

function wanted({ by, folder, nameUntil }: SplitOptions): Grouping[] {
  return [
    ...by.map((name): Grouping => ({ from: 'attribute', name })),
    ...(folder === undefined ? [] : [{ from: 'folder' as const, level: folder }]),
    ...(nameUntil === undefined ? [] : [{ from: 'name' as const, until: nameUntil }]),
  ];
}

function describe(
  { classes }: Project,
  { table: rows, groups, changed, notes, tooAlike }: SplitPreview,
): string {
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const language = languageOfTerminal();
  return [
    table(
      ['Class', 'Train', 'Validation', 'Test'],
      rows.map((row) => [names.get(row.classId) ?? '', row.train, row.validation, row.test]),
    ),
    '',
    `${groups.count} groups of ${groups.items} items stay together (the largest has ${groups.largest}).`,
    `${changed} items change their split.`,
    ...(tooAlike > 0
      ? [`${tooAlike} items look alike in one long chain; they were dealt out one by one.`]
      : []),
    ...notes.map((note) => splitNoteText(note, language)),
  ].join('\n');
}
