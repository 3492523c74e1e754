import type { Command } from 'commander';
import type { Curve, Ladder, LabClient, Rung } from '../../../../../shared/contract/index.ts';
import { seriesEndSchema } from '../../../../../shared/contract/runs/series.ts';
import { bySeed, ladderEpochs, rungs } from '../../../../../shared/recipe/ladder.ts';
import { recipeNames } from '../../../../../shared/recipe/recipes.ts';
import type { RecipeName } from '../../../../../shared/recipe/recipes.ts';
import { followJob } from '../../follow.ts';
import { duration, interval, markdownTable, note, percent, points, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { buildRecipe } from '../../recipe.ts';
import { countIn, usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface LadderOptions {
  json?: boolean;
  backbone?: string;
  recipes: string;
  epochs: string;
  seeds: string;
  set: string[];
  setScratch: string[];
  markdown?: boolean;
}

export function ladderCommand(program: Command): void {
  program
    .command('ladder <dir>')
    .description(
      'train the recipes from scratch to fine-tuning, over seeds, and compare them on the same items',
    )
    .option('--backbone <id>', 'backbone of the zoo, or weights in the library')
    .option('--recipes <names>', `any of ${recipeNames.join(', ')}, separated by commas`, rungs.join(','))
    .option('--epochs <n>', 'epochs of every recipe, shared out to its stages', String(ladderEpochs))
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

async function climb(lab: LabClient, dir: string, options: LadderOptions): Promise<Outcome> {
  const names = wantedRecipes(options.recipes);
  const seeds = countIn(options.seeds, '--seeds', 1, 100);
  const epochs = countIn(options.epochs, '--epochs', 1, 10_000);
  await openProject(lab, dir);
  const recipes: Parameters<typeof bySeed>[0][number][] = [];
  for (const name of names) {
    const scratch = name.startsWith('scratch') ? options.setScratch : [];
    const set = [...options.set, ...scratch];
    recipes.push({ key: name, recipe: await buildRecipe(lab, { recipe: name, ...options, epochs, set }) });
  }
  const entries = bySeed(recipes, seeds);
  const plan = await lab.call('series.plan', { entries });
  const left = plan.steps.filter(({ run }) => run === null).length;
  const time = plan.seconds === null ? 'how long is not known yet' : `about ${duration(plan.seconds)}`;
  note(`${left} of ${entries.length} runs to train${left > 0 ? `, ${time}` : ''}`);
  const { group, job } = await lab.call('series.start', { kind: 'ladder', name: 'ladder', entries });
  const { result } = await followJob(lab, job);
  const { failed } = seriesEndSchema.parse(result);
  if (failed > 0) note(`${failed} runs failed: graft runs ${dir} lists them`);
  const ladder = await lab.call('ladder.get', { group });
  const curves = await extremes(lab, ladder);
  return {
    value: { ...ladder, roc: curves },
    text: describe(ladder, curves, options.markdown ? markdownTable : table),
  };
}

interface RungCurve {
  key: string;
  run: string;
  curve: Curve;
}

/** The ROC curves of the lowest and the highest rung, by the run whose accuracy is the median of its rung. */
async function extremes(lab: LabClient, ladder: Ladder): Promise<RungCurve[]> {
  const ends = [ladder.worst, ladder.best].flatMap(
    (key) => ladder.rungs.find((rung) => rung.key === key) ?? [],
  );
  const found: RungCurve[] = [];
  for (const { key, typical } of ends) {
    const { roc, classes } = await lab.call('evaluations.get', { run: typical, split: ladder.split });
    const wanted = classes.length === 2 ? classes[1] : 'macro';
    const curve = roc.find(({ name }) => name === wanted);
    if (curve) found.push({ key, run: typical, curve });
  }
  return found;
}

const verdicts = { positive: 'better', negative: 'worse', unproven: 'no evidence of a difference' };

function describe(ladder: Ladder, curves: readonly RungCurve[], draw: typeof table): string {
  const [first] = ladder.rungs;
  const rows = ladder.rungs.map((rung) => [
    rung.key,
    rung.epochs,
    percent(rung.accuracy.mean),
    rung.accuracy.interval ? interval(rung.accuracy.interval, percent) : '-',
    areaOf(rung),
    rung.runs.length,
    `${rung.seconds.toFixed(1)} s`,
  ]);
  const gains = ladder.gains.map(
    ({ from, to, gain, interval: [low, high], verdict }) =>
      `- ${to} over ${from}: ${points(gain)} points, 95 % interval ${points(low)} to ${points(high)}: ${verdicts[verdict]}`,
  );
  const header = ['Recipe', 'Epochs', 'Accuracy', '95 % over seeds', 'ROC area', 'Runs', 'One run'];
  return [
    draw(header, rows),
    '',
    `Measured on ${first?.items ?? 0} items of ${ladder.split}, the same for all.`,
    ...(gains.length > 0 ? ['', ...gains] : []),
    ...(curves.length === 2 ? ['', describeRoc(curves, draw)] : []),
  ].join('\n');
}

const areaOf = ({ rocAuc }: Rung): string => rocAuc?.mean.toFixed(4) ?? '-';

/** False-positive rates at which a reader compares two curves. */
const readAt = [0.01, 0.05, 0.1, 0.2, 0.5];

/** Two ROC curves over each other as a terminal can show them: who finds how many at the same false alarms. */
function describeRoc(curves: readonly RungCurve[], draw: typeof table): string {
  const rows = curves.map(({ key, curve }) => [
    key,
    curve.area === null ? '-' : curve.area.toFixed(4),
    curve.interval ? interval(curve.interval, (area) => area.toFixed(4)) : '-',
    ...readAt.map((rate) => percent(heightAt(curve.points, rate))),
  ]);
  const header = ['ROC', 'Area', '95 % interval', ...readAt.map((rate) => `found at ${rate * 100} % false`)];
  return draw(header, rows);
}

/** True-positive rate at a false-positive rate, on the straight line between the points beside it. */
function heightAt(curve: readonly [number, number][], rate: number): number {
  const after = curve.findIndex(([x]) => x > rate);
  if (after < 0) return curve.at(-1)?.[1] ?? 0;
  const [x1, y1] = curve[after]!;
  const [x0, y0] = curve[after - 1] ?? [0, 0];
  return y0 + ((y1 - y0) * (rate - x0)) / (x1 - x0);
}
