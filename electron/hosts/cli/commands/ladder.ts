import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import type { LabClient, Run } from '../../../../shared/contract/index.ts';
import type { Recipe } from '../../../../shared/recipe.ts';
import { recipeNames } from '../../../../shared/recipes.ts';
import type { RecipeName } from '../../../../shared/recipes.ts';
import { summarizeRepeats, transferGain } from '../../../evaluation/significance/repeats.ts';
import type { RepeatSummary } from '../../../evaluation/significance/repeats.ts';
import { followRun } from '../follow.ts';
import { markdownTable, note, percent, table } from '../output.ts';
import type { Outcome } from '../output.ts';
import { openProject } from '../project.ts';
import { buildRecipe } from '../recipe.ts';
import { usage } from '../usage.ts';
import { withLab } from '../with-lab.ts';

interface LadderOptions {
  json?: boolean;
  backbone?: string;
  recipes: string;
  seeds: string;
  set: string[];
  setScratch: string[];
  markdown?: boolean;
}

/** The six recipes the guide climbs, from the plain network trained from scratch to gentle fine-tuning. */
const rungs: readonly RecipeName[] = [
  'scratch-cnn',
  'scratch-cnn-regularized',
  'scratch-cnn-augmented',
  'features',
  'features-augmented',
  'fine-tune-augmented',
];

/** One recipe on the ladder: what its runs, one a seed, reached on the same items. */
interface Rung {
  readonly recipe: RecipeName;
  readonly runs: string[];
  readonly split: string;
  readonly items: number;
  readonly accuracies: number[];
  readonly accuracy: RepeatSummary;
  readonly rocAuc: RepeatSummary | null;
  /** Seconds of one run, the median over seeds. */
  readonly seconds: number;
}

export function ladderCommand(program: Command): void {
  program
    .command('ladder <dir>')
    .description(
      'train the recipes from scratch to fine-tuning, over seeds, and compare them on the same items',
    )
    .option('--backbone <id>', 'backbone of the zoo, or weights in the library')
    .option('--recipes <names>', `any of ${recipeNames.join(', ')}, separated by commas`, rungs.join(','))
    .option('--seeds <n>', 'runs of each recipe', '1')
    .option('--set <key=value...>', 'change a field of every recipe', [])
    .option('--set-scratch <key=value...>', 'change a field of the recipes from scratch', [])
    .option('--markdown', 'print the table as Markdown')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: LadderOptions) => withLab(options, (lab) => climb(lab, dir, options)));
}

function wantedRecipes(names: string): RecipeName[] {
  return names.split(',').map((name) => {
    const found = recipeNames.find((known) => known === name.trim());
    if (!found) throw usage(`--recipes: ${name} is none of ${recipeNames.join(', ')}`);
    return found;
  });
}

function seedCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100) throw usage('--seeds is a number from 1 to 100');
  return count;
}

async function climb(lab: LabClient, dir: string, options: LadderOptions): Promise<Outcome> {
  const recipes = wantedRecipes(options.recipes);
  const seeds = seedCount(options.seeds);
  const { revision } = await openProject(lab, dir);
  const ladder: Rung[] = [];
  for (const recipe of recipes) {
    const runs: Run[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      note(`${recipe}, run ${seed} of ${seeds}`);
      runs.push(await train(lab, recipe, seed, revision, options));
    }
    ladder.push(rung(recipe, runs));
  }
  return {
    value: { rungs: ladder, steps: stepsOf(ladder) },
    text: describe(ladder, options.markdown ? markdownTable : table),
  };
}

async function train(
  lab: LabClient,
  name: RecipeName,
  seed: number,
  revision: number,
  options: LadderOptions,
): Promise<Run> {
  const scratch = name.startsWith('scratch') ? options.setScratch : [];
  const set = [...options.set, ...scratch, `seed=${seed}`];
  const recipe = await buildRecipe(lab, { recipe: name, backbone: options.backbone, set });
  const before = (await lab.call('runs.list', {})).find(
    (run) => isDone(run) && run.recipe.data.revision === revision && sameRecipe(run.recipe, recipe),
  );
  if (before) {
    note(`run ${before.number} did this already`);
    return before;
  }
  const { id } = await lab.call('runs.start', { recipe, name: `${name}, seed ${seed}` });
  return followRun(lab, id);
}

const isDone = ({ status, summaries }: Run): boolean => status === 'done' && summaries.length > 0;

/** An interrupted ladder goes on where it was. What a run stored of the data it met is no part of its recipe. */
function sameRecipe(a: Recipe, b: Recipe): boolean {
  const asked = ({ data, ...rest }: Recipe) => ({ ...rest, collection: data.collection });
  return isDeepStrictEqual(asked(a), asked(b));
}

function rung(recipe: RecipeName, runs: readonly Run[]): Rung {
  const summaries = runs.map(({ summaries }) => {
    const summary = summaries.find(({ split }) => split === 'test') ?? summaries[0];
    if (!summary) throw new Error('A finished run was judged on at least one split.');
    return summary;
  });
  const accuracies = summaries.map(({ accuracy }) => accuracy);
  const areas = summaries.flatMap(({ rocAuc }) => (rocAuc === null ? [] : [rocAuc]));
  const times = runs.map(({ seconds }) => Object.values(seconds).reduce((sum, took) => sum + took, 0));
  return {
    recipe,
    runs: runs.map(({ id }) => id),
    split: summaries[0]?.split ?? 'test',
    items: summaries[0]?.n ?? 0,
    accuracies,
    accuracy: summarizeRepeats(accuracies),
    rocAuc: areas.length > 0 ? summarizeRepeats(areas) : null,
    seconds: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN,
  };
}

/** What each rung gains over the one before it, paired by seed; empty for a single seed. */
function stepsOf(ladder: readonly Rung[]) {
  return ladder.slice(1).flatMap((upper, index) => {
    const lower = ladder[index];
    if (!lower || upper.accuracies.length < 2) return [];
    const gain = transferGain(upper.accuracies, lower.accuracies);
    return [{ from: lower.recipe, to: upper.recipe, ...gain }];
  });
}

const points = (share: number): string => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)}`;

const verdicts = { positive: 'better', negative: 'worse', unproven: 'no evidence of a difference' };

function spread({ interval }: RepeatSummary): string {
  return interval ? `${percent(interval[0])} to ${percent(interval[1])}` : '-';
}

function describe(ladder: readonly Rung[], draw: typeof table): string {
  const [first] = ladder;
  const rows = ladder.map((one) => [
    one.recipe,
    percent(one.accuracy.mean),
    spread(one.accuracy),
    one.rocAuc ? one.rocAuc.mean.toFixed(4) : '-',
    one.accuracies.length,
    `${one.seconds.toFixed(1)} s`,
  ]);
  const steps = stepsOf(ladder).map(
    ({ from, to, gain, interval, verdict }) =>
      `${to} over ${from}: ${points(gain)} points, 95 % interval ${points(interval[0])} to ${points(interval[1])}: ` +
      verdicts[verdict],
  );
  return [
    draw(['Recipe', 'Accuracy', '95 % over seeds', 'ROC area', 'Runs', 'One run'], rows),
    '',
    `Measured on ${first?.items ?? 0} items of ${first?.split ?? 'test'}, the same for all.`,
    '',
    ...steps.map((step) => `- ${step}`),
  ].join('\n');
}
