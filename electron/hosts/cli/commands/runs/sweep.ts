import type { Command } from 'commander';
import type { LabClient, Sweep, SweepPlan } from '../../../../../shared/contract/index.ts';
import { seriesEndSchema } from '../../../../../shared/contract/runs/series.ts';
import { valuesOf } from '../../../../../shared/recipe/recipe-fields.ts';
import { recipeNames } from '../../../../../shared/recipe/recipes.ts';
import type { SweepSpaceInput } from '../../../../../shared/recipe/sweep.ts';
import { followJob } from '../../follow.ts';
import { duration, megabytes, note, percent, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { buildRecipe, findBackbone, splitChange } from '../../recipe.ts';
import { countIn, usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface SweepOptions {
  json?: boolean;
  recipe: string;
  backbone?: string;
  set: string[];
  seeds: string;
  budget?: string;
  random?: string;
  name?: string;
  plan?: boolean;
}

export function sweepCommand(program: Command): void {
  program
    .command('sweep <dir>')
    .description(
      'repeat a recipe over seeds, or search over its fields; selects by validation, never by test',
    )
    .requiredOption('--recipe <name|file>', `${recipeNames.join(', ')}, or a JSON file`)
    .option('--backbone <id>', 'backbone of the zoo, weights in the library, or run:<id>')
    .option(
      '--set <key=a,b,c...>',
      'values of a field of the recipe, of backbone, or of cut (the first block that is trained)',
      [],
    )
    .option('--seeds <n>', 'runs of each combination', '1')
    .option('--random <n>', 'so many combinations drawn at random instead of all')
    .option('--budget <time>', 'begin no run after this time, e.g. 90s, 20m or 2h')
    .option('--name <name>', 'what to call it', 'sweep')
    .option('--plan', 'say what would be trained and how long it would take, and train nothing')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: SweepOptions) => withLab(options, (lab) => sweep(lab, dir, options)));
}

async function sweep(lab: LabClient, dir: string, options: SweepOptions): Promise<Outcome> {
  const budgetSeconds = options.budget === undefined ? null : secondsOf(options.budget);
  await openProject(lab, dir);
  const space = await spaceOf(lab, options);
  const plan = await lab.call('sweeps.plan', { space });
  for (const line of wordsOf(plan)) note(line);
  if (options.plan) return { value: plan, text: '' };
  const name = options.name ?? 'sweep';
  const { group, job } = await lab.call('sweeps.start', { space, name, budgetSeconds });
  const { result } = await followJob(lab, job);
  const { failed, left } = seriesEndSchema.parse(result);
  if (failed > 0) note(`${failed} runs failed: graft runs ${dir} lists them`);
  if (left > 0) note(`${left} runs were left out for want of time: the same command goes on`);
  const found = await lab.call('sweeps.get', { group });
  return { value: found, text: describe(found) };
}

/** One value is a change of the recipe; several are what is searched over. */
async function spaceOf(lab: LabClient, options: SweepOptions): Promise<SweepSpaceInput> {
  const axes: NonNullable<SweepSpaceInput['axes']> = [];
  const set: string[] = [];
  for (const change of options.set) {
    const [field, text] = splitChange(change);
    const values = valuesOf(text);
    if (values.length === 1 && field !== 'backbone' && field !== 'cut') set.push(change);
    else if (field === 'backbone') axes.push({ field, values: await backbones(lab, values) });
    else axes.push({ field, values: values as (typeof axes)[number]['values'] });
  }
  const first = axes.find(({ field }) => field === 'backbone')?.values[0];
  const named = options.backbone ?? (first ? backboneName(first) : undefined);
  const base = await buildRecipe(lab, { recipe: options.recipe, backbone: named, set });
  const count = countIn(options.seeds, '--seeds', 1, 100);
  const random = options.random && { combinations: countIn(options.random, '--random', 1, 1000) };
  return {
    base,
    axes,
    // A recipe keeps its own seed unless it is repeated.
    seeds: count === 1 ? [base.seed] : Array.from({ length: count }, (_, index) => index + 1),
    random: random || null,
  };
}

async function backbones(lab: LabClient, names: readonly unknown[]) {
  const found = [];
  for (const name of names) found.push({ ...(await findBackbone(lab, String(name))) });
  return found;
}

function backboneName(value: unknown): string | undefined {
  const source = value as { arch?: string; weights?: string | null; run?: string };
  return source.weights ?? source.arch ?? (source.run && `run:${source.run}`);
}

function wordsOf({ runs, done, duplicates, invalid, seconds }: SweepPlan): string[] {
  const left = runs - done;
  const time = seconds === null ? 'how long is not known yet' : `about ${duration(seconds)}`;
  return [
    `${left} of ${runs} runs to train${left > 0 ? `, ${time}` : ''}`,
    ...(duplicates > 0
      ? [`${duplicates} combinations come to the same recipe as another and are skipped`]
      : []),
    ...invalid.map(({ key, problem }) => `left out: ${key} (${problem})`),
  ];
}

const units: Record<string, number> = { s: 1, m: 60, h: 3600 };

function secondsOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * (units[unit ?? ''] ?? NaN);
  if (!(seconds > 0)) throw usage('--budget is a time such as 90s, 20m or 2h');
  return seconds;
}

function describe({ points, front, best }: Sweep): string {
  const known = points.flatMap((point) =>
    point.validation ? [{ ...point, validation: point.validation }] : [],
  );
  const rows = known
    .toSorted((a, b) => b.validation.mean - a.validation.mean)
    .map(({ key, runs, validation, seconds, size }) => [
      key,
      percent(validation.mean),
      validation.deviation === null ? '-' : (validation.deviation * 100).toFixed(2),
      runs.length,
      seconds === null ? '-' : `${seconds.toFixed(1)} s`,
      size === null ? '-' : megabytes(size),
      [front.seconds.includes(key) ? 'time' : '', front.size.includes(key) ? 'size' : '']
        .filter(Boolean)
        .join(', '),
    ]);
  if (rows.length === 0) return 'No run of it was judged on validation.';
  const header = ['Combination', 'Validation', 'SD', 'Runs', 'One run', 'Weights', 'Front'];
  return [
    table(header, rows),
    '',
    `Best on validation: ${best}. Front: no other is as accurate in less time, or with a smaller model.`,
  ].join('\n');
}
