import type { Command } from 'commander';
import type { Difference, LabClient, Reproduction } from '../../../../../shared/contract/index.ts';
import { followRun } from '../../follow.ts';
import { list, note, percent } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

export function reproduceCommand(program: Command): void {
  program
    .command('reproduce <dir> <run>')
    .description('train the stored recipe of a run again, and say whether the same came out')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, options: { json?: boolean }) =>
      withLab(options, (lab) => reproduce(lab, dir, run)),
    );
}

async function reproduce(lab: LabClient, dir: string, wanted: string): Promise<Outcome> {
  await openProject(lab, dir);
  const original = await findRun(lab, wanted);
  for (const one of await lab.call('reproductions.check', { run: original.id }))
    note(`not as it was: ${words(one)}`);
  const { id } = await lab.call('reproductions.start', { run: original.id });
  await followRun(lab, id);
  const found = (await lab.call('reproductions.get', { run: id }))!;
  return { value: found, text: describe(found) };
}

const nameOf: Record<Difference['what'], string> = {
  version: 'version of Graft',
  platform: 'platform',
  device: 'device',
  threads: 'threads',
  revision: 'revision of the data',
  split: 'split (hash)',
  items: 'content of the items (hash)',
  backbone: 'weights of the backbone (hash)',
};

/** Hashes are told apart by their start. */
const SHOWN = 24;
const words = ({ what, before, after }: Difference): string =>
  `${nameOf[what]}: ${before.slice(0, SHOWN) || '-'}, now ${after.slice(0, SHOWN) || '-'}`;

function describe(found: Reproduction): string {
  const { original, again, identical, weights, firstEpoch, predictions, differences } = found;
  const verdict = identical
    ? `Run ${again.number} is identical to run ${original.number}: weights, epochs and predictions.`
    : `Run ${again.number} is not identical to run ${original.number}.`;
  const pairs: Record<string, string> = {
    Weights: weights
      ? weights.different.length === 0
        ? `all ${weights.layers} layers the same`
        : `different in ${weights.different.join(', ')}`
      : 'no proof stored',
    Epochs: firstEpoch === null ? 'all the same' : `different from epoch ${firstEpoch} on`,
  };
  for (const { split, items, largest, changed, accuracy } of predictions)
    pairs[`On ${split}`] =
      `${items} items, ${changed} other answers, largest difference ${largest.toExponential(1)}, ` +
      (accuracy ? `accuracy ${percent(accuracy[0])} and ${percent(accuracy[1])}` : 'accuracy sealed');
  const causes = differences.map((one) => `- ${words(one)}`);
  return [
    verdict,
    '',
    list(pairs),
    ...(causes.length > 0 ? ['', 'What was different:', ...causes] : []),
  ].join('\n');
}
