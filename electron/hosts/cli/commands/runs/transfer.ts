import type { Command } from 'commander';
import type { LabClient, TransferCheck } from '../../../../../shared/contract/index.ts';
import { followJob } from '../../follow.ts';
import { duration, note, percent, points, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { countIn } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface TransferOptions {
  json?: boolean;
  seeds: string;
}

export function transferCommand(program: Command): void {
  program
    .command('transfer <dir> <run>')
    .description(
      'check whether what a run carried over helped: against from scratch and random frozen weights',
    )
    .option('--seeds <n>', 'seeds each side is run with', '1')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, options: TransferOptions) =>
      withLab(options, (lab) => check(lab, dir, run, options)),
    );
}

async function check(
  lab: LabClient,
  dir: string,
  wanted: string,
  options: TransferOptions,
): Promise<Outcome> {
  const seeds = countIn(options.seeds, '--seeds', 1, 20);
  await openProject(lab, dir);
  const { id: run, number } = await findRun(lab, wanted);
  const plan = await lab.call('transfer.plan', { run, seeds });
  const left = plan.steps.filter((step) => step.run === null).length;
  const time = plan.seconds === null ? 'how long is not known yet' : `about ${duration(plan.seconds)}`;
  note(`${left} of ${plan.steps.length} runs to train${left > 0 ? `, ${time}` : ''}`);
  const { job } = await lab.call('transfer.check', { run, seeds });
  await followJob(lab, job);
  const found = await lab.call('transfer.get', { run });
  return { value: found, text: describe(number, found) };
}

const names = { scratch: 'from scratch', 'random-frozen': 'random weights, frozen' };
const verdicts = {
  positive: 'transfer helped',
  unproven: 'unproven: the interval spans zero',
  negative: 'negative transfer',
};
const sentences = {
  positive: 'Transfer helped.',
  unproven: 'Unproven: nothing shows that what was carried over helped.',
  negative: 'NEGATIVE TRANSFER: without what was carried over, the task is learned better.',
};

function describe(number: number, { split, epochs, items, baselines, verdict }: TransferCheck): string {
  const rows = baselines.flatMap(({ kind, pairs, gain }) => {
    const mean = (of: (pair: (typeof pairs)[number]) => number) =>
      percent(pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length);
    if (!gain) return [[names[kind], '-', '-', '-', '-', 0, 'not trained']];
    const [low, high] = gain.interval;
    return [
      [
        names[kind],
        mean(({ transferred }) => transferred.accuracy),
        mean(({ baseline }) => baseline.accuracy),
        points(gain.gain),
        `${points(low)} to ${points(high)}`,
        gain.seeds,
        verdicts[gain.verdict],
      ],
    ];
  });
  return [
    table(['Against', 'Run', 'Baseline', 'Gain', '95 % interval', 'Seeds', ''], rows),
    '',
    `Run ${number} and its baselines: ${epochs} epochs each, ${items} items of ${split}, gains in points.`,
    ...(verdict ? [sentences[verdict]] : []),
  ].join('\n');
}
