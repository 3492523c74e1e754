import type { Command } from 'commander';
import type { LabClient, TestLooks } from '../../../../../shared/contract/index.ts';
import { table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

interface SealOptions {
  json?: boolean;
  open?: boolean;
  close?: boolean;
}

export function sealCommand(program: Command): void {
  program
    .command('seal <dir>')
    .description('say how often the test split was looked at; --close hides its results, --open shows them')
    .option('--close', 'seal the test split: results show validation')
    .option('--open', 'open the seal')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: SealOptions) => withLab(options, (lab) => seal(lab, dir, options)));
}

async function seal(lab: LabClient, dir: string, { open, close }: SealOptions): Promise<Outcome> {
  await openProject(lab, dir);
  const looks =
    open || close
      ? await lab.call('testLooks.seal', { sealed: Boolean(close) })
      : await lab.call('testLooks.get', {});
  return { value: looks, text: describe(looks) };
}

function describe({ sealed, looks, runs, worn, latest }: TestLooks): string {
  return [
    `The test split is ${sealed ? 'sealed' : 'open'}. It has been looked at ${looks} times, by ${runs} runs.`,
    ...(worn ? ['Choosing the best of so many runs by it is fitting to it: decide by validation.'] : []),
    ...(latest.length > 0
      ? [
          table(
            ['When', 'Run', 'From'],
            latest.map(({ at, number, via }) => [at, number, via]),
          ),
        ]
      : []),
  ].join('\n');
}
