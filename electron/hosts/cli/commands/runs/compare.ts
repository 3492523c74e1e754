import type { Command } from 'commander';
import type { Comparison, LabClient, RunPair, Split } from '../../../../../shared/contract/index.ts';
import { splits } from '../../../../../shared/contract/projects.ts';
import { percent, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface CompareOptions {
  json?: boolean;
  split: string;
}

export function compareCommand(program: Command): void {
  program
    .command('compare <dir> <runs...>')
    .description('say which of two or more runs is better on the same items, or that nothing shows it')
    .option('--split <name>', splits.join(', '), 'test')
    .option('--json', 'print one JSON document')
    .action((dir: string, runs: string[], options: CompareOptions) => {
      const split = splits.find((name) => name === options.split);
      if (!split) throw usage(`--split is one of ${splits.join(', ')}`);
      if (runs.length < 2) throw usage('name two runs or more, by number or id');
      return withLab(options, (lab) => compare(lab, dir, runs, split));
    });
}

async function compare(lab: LabClient, dir: string, wanted: string[], split: Split): Promise<Outcome> {
  await openProject(lab, dir);
  const ids: string[] = [];
  for (const run of wanted) ids.push((await findRun(lab, run)).id);
  const comparison = await lab.call('comparisons.get', { runs: ids, split });
  return { value: comparison, text: describe(comparison) };
}

function describe({ runs, pairs, n, leftOut, split }: Comparison): string {
  const rows = runs.map(({ number, name, accuracy, interval, logLoss }) => [
    number,
    name,
    percent(accuracy),
    `${percent(interval[0])} to ${percent(interval[1])}`,
    logLoss.toFixed(4),
  ]);
  const aside = leftOut > 0 ? `; ${leftOut} not judged alike by all are left out` : '';
  return [
    table(['Run', 'Name', 'Accuracy', '95 %', 'Log loss'], rows),
    '',
    `On ${n} items of ${split}${aside}.`,
    ...pairs.map((pair) => verdict(pair, runs, n)),
  ].join('\n');
}

const points = (share: number): string => (share * 100).toFixed(1);

/** The verdict on a pair in one sentence. No winner without evidence. */
function verdict(pair: RunPair, runs: Comparison['runs'], n: number): string {
  const [first, second] = [runs[pair.first], runs[pair.second]].map((run) => `run ${run?.number}`);
  const [low, high] = pair.interval;
  const p = `p ${pair.adjustedP < 0.001 ? '< 0.001' : `= ${pair.adjustedP.toFixed(3)}`}`;
  switch (pair.verdict) {
    case 'second-better':
      return `${second} is better than ${first} by ${points(pair.difference)} points, 95 % interval ${points(low)} to ${points(high)}, ${p}.`;
    case 'first-better':
      return `${first} is better than ${second} by ${points(-pair.difference)} points, 95 % interval ${points(-high)} to ${points(-low)}, ${p}.`;
    case 'unproven': {
      const found =
        pair.detectable === null
          ? 'they decide alike'
          : `with ${n} items ${points(pair.detectable)} points could have been detected`;
      return `No evidence of a difference between ${first} and ${second} (${points(pair.difference)} points, 95 % interval ${points(low)} to ${points(high)}, ${p}); ${found}.`;
    }
  }
}
