import type { Command } from 'commander';
import type { LabClient, Result } from '../../../../../shared/contract/index.ts';
import { followJob } from '../../follow.ts';
import { percent, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

interface CurveOptions {
  json?: boolean;
  collection?: string;
  weights?: string;
}

export function learningCurveCommand(program: Command): void {
  program
    .command('learning-curve <dir>')
    .description(
      'forecast what more labelled pictures would bring, and hold earlier forecasts against what came',
    )
    .option('--collection <name>', 'group of items; by default all')
    .option('--weights <id>', 'weights of the backbone; by default the best there are')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: CurveOptions) => withLab(options, (lab) => curve(lab, dir, options)));
}

async function curve(
  lab: LabClient,
  dir: string,
  { collection = undefined, weights }: CurveOptions,
): Promise<Outcome> {
  await openProject(lab, dir);
  const { job } = await lab.call('learningCurve.start', { collection: collection ?? null, weights });
  await followJob(lab, job);
  const value = await lab.call('learningCurve.get', { collection: collection ?? null });
  return { value, text: describe(value) };
}

const points = (share: number): string => (100 * share).toFixed(1);
const range = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`;

function describe({ curve, earlier }: Result<'learningCurve.get'>): string {
  if (!curve) return 'No curve yet.';
  const sizes = [...Map.groupBy(curve.points, ({ items }) => items)].map(([items, trials]) => [
    items,
    percent(1 - trials.reduce((sum, { wrong, tested }) => sum + wrong / tested, 0) / trials.length),
  ]);
  return [
    `Heads on ${curve.backbone}, judged on ${curve.tested} validation pictures.`,
    table(['Training pictures', 'Accuracy'], sizes),
    '',
    ...curve.forecasts.map(
      ({ items, accuracy, interval }) =>
        `With ${items} training pictures about ${percent(accuracy)} (95 %: ${range(interval)}).`,
    ),
    ...curve.classes.map(
      ({ name, items, recall, more, gain, interval }) =>
        `${name} (${items} pictures, recall ${percent(recall)}): about ${more} more would add ${points(gain)} points of accuracy (95 %: ${points(interval[0])} to ${points(interval[1])}).`,
    ),
    ...earlier.map(
      ({ at, from, items, interval, came, held }) =>
        `On ${at.slice(0, 10)}, with ${from} pictures, Graft expected ${range(interval)} with ${items}; it came to ${percent(came)}${held ? '' : ', outside of that'}.`,
    ),
    'Estimates for a head on frozen features, from a power law fitted to the points above.',
  ].join('\n');
}
