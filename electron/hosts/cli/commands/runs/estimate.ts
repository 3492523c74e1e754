import type { Command } from 'commander';
import type {
  AdviceRecord,
  AdvisedBackbone,
  LabClient,
  TransferAdvice,
} from '../../../../../shared/contract/index.ts';
import { followJob } from '../../follow.ts';
import { percent, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

interface EstimateOptions {
  json?: boolean;
  collection?: string;
}

export function estimateCommand(program: Command): void {
  program
    .command('estimate <dir>')
    .description('estimate, before training, how well each installed backbone and cut would transfer')
    .option('--collection <name>', 'the items to look at; all where left out')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: EstimateOptions) =>
      withLab(options, (lab) => estimate(lab, dir, options.collection ?? null)),
    );
}

async function estimate(lab: LabClient, dir: string, collection: string | null): Promise<Outcome> {
  await openProject(lab, dir);
  const { job } = await lab.call('transferability.start', { collection });
  await followJob(lab, job);
  const { advice, record } = await lab.call('transferability.get', {});
  return { value: { advice, record }, text: advice ? describe(advice, record) : '' };
}

const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

function describe({ backbones, classes, failed }: TransferAdvice, record: AdviceRecord): string {
  const rows = backbones.flatMap(rowsOf);
  const header = [
    'Backbone',
    'Cut',
    'Probe',
    '5-NN',
    'LogME',
    'H-score',
    'Likeness',
    'LEEP',
    'ImageNet',
    'Runs reached',
  ];
  const items = backbones[0]?.estimate.items ?? 0;
  return [
    table(header, rows),
    '',
    `Estimates from ${items} training items of ${classes} classes; nothing was trained but linear classifiers.`,
    ...failed.map(({ title, error }) => `${title} could not be looked at (${error.code}).`),
    describeRecord(record),
  ].join('\n');
}

function rowsOf({ title, top1, estimate, outcome }: TransferAdvice['backbones'][number]): string[][] {
  return estimate.cuts
    .toReversed()
    .map((cut, index) => [
      index === 0 ? title : '',
      cut.above === null ? 'output' : `below ${cut.above}`,
      percent(cut.probe?.value),
      percent(cut.neighbours?.value),
      figure(cut.logMe),
      figure(cut.hScore),
      figure(cut.likeness),
      index === 0 ? figure(estimate.leep) : '',
      index === 0 ? priorOf(top1) : '',
      index === 0 ? percent(outcome?.accuracy) : '',
    ]);
}

const priorOf = (top1: AdvisedBackbone['top1']): string => (top1 === null ? '-' : `${top1.toFixed(1)} %`);

function describeRecord({ advices, scores }: AdviceRecord): string {
  if (advices === 0)
    return 'No past estimate can be held against runs yet: that takes runs on the features of two backbones.';
  const told = scores
    .filter(({ pairs }) => pairs > 0)
    .map(({ score, pairs, right }) => `${score} ${right} of ${pairs}`);
  return `Pairs of backbones that past estimates put into the right order: ${told.join(', ')}.`;
}
