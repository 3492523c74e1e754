import type { Command } from 'commander';
import type { EvaluationResult, LabClient, Run, Split } from '../../../../../shared/contract/index.ts';
import { splits } from '../../../../../shared/contract/projects.ts';
import { recipeNames } from '../../../../../shared/recipe/recipes.ts';
import { followRun } from '../../follow.ts';
import { list, note, percent, seconds, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { deviceNews } from '../../device-table.ts';
import { buildRecipe } from '../../recipe.ts';
import { crossValidate, foldCount } from './folds.ts';
import { usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface TrainOptions {
  json?: boolean;
  recipe: string;
  backbone?: string;
  set: string[];
  name?: string;
  folds?: number;
}

export function trainCommands(program: Command): void {
  program
    .command('train <dir>')
    .description('train on a project by a recipe')
    .requiredOption('--recipe <name|file>', `${recipeNames.join(', ')}, or a JSON file`)
    .option('--backbone <id>', 'backbone of the zoo, weights in the library, or run:<id>')
    .option('--set <key=value...>', 'change a field of the recipe, e.g. epochs=5 head.hidden=[128]', [])
    .option('--name <name>', 'what to call the run')
    .option(
      '--folds <k>',
      'judge by k-fold cross-validation instead of the test split (small sets)',
      foldCount,
    )
    .option('--json', 'print one JSON document')
    .action((dir: string, options: TrainOptions) => withLab(options, (lab) => train(lab, dir, options)));
  program
    .command('runs <dir>')
    .description('list the runs of a project')
    .option('--json', 'print one JSON document')
    .action((dir: string, options: { json?: boolean }) => withLab(options, (lab) => listRuns(lab, dir)));
  program
    .command('evaluate <dir> <run>')
    .description('say how good a run is; a run is its number, its id, or latest')
    .option('--split <name>', splits.join(', '), 'test')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, options: { json?: boolean; split: string }) => {
      if (!isSplit(options.split)) throw usage(`--split is one of ${splits.join(', ')}`);
      const { split } = options;
      return withLab(options, (lab) => evaluate(lab, dir, run, split));
    });
}

async function train(lab: LabClient, dir: string, options: TrainOptions): Promise<Outcome> {
  await openProject(lab, dir);
  const recipe = await buildRecipe(lab, options);
  for (const line of deviceNews(await lab.call('devices.list', {}))) note(line);
  const { folds, name } = options;
  if (folds !== undefined) return crossValidate(lab, { recipe, folds, name });
  const { id } = await lab.call('runs.start', { recipe, name });
  const run = await followRun(lab, id);
  const split = run.summaries.some((summary) => summary.split === 'test') ? 'test' : 'validation';
  if (split === 'validation') {
    const { sealed } = await lab.call('testLooks.get', {});
    note(
      `${sealed ? 'The test split is sealed' : 'There is no test split'}: these are results on the validation split.`,
    );
  }
  return outcome(run, await lab.call('evaluations.get', { run: id, split }));
}

async function evaluate(lab: LabClient, dir: string, wanted: string, split: Split): Promise<Outcome> {
  await openProject(lab, dir);
  const { id } = await findRun(lab, wanted);
  const evaluation = await lab.call('evaluations.get', { run: id, split });
  const { run } = await lab.call('runs.get', { id });
  return outcome(run, evaluation);
}

async function listRuns(lab: LabClient, dir: string): Promise<Outcome> {
  await openProject(lab, dir);
  const runs = await lab.call('runs.list', {});
  const rows = runs.map((run) => {
    const summary = run.summaries.find(({ split }) => split === 'test') ?? run.summaries[0];
    return [
      run.number,
      run.id,
      run.name,
      run.recipe.kind,
      run.status,
      run.epochs,
      percent(summary?.accuracy),
      run.createdAt,
    ];
  });
  const header = ['Run', 'Id', 'Name', 'Recipe', 'Status', 'Epochs', 'Accuracy', 'Started'];
  const { sealed } = await lab.call('testLooks.get', {});
  const text = runs.length > 0 ? table(header, rows) : 'No runs yet.';
  return {
    value: runs,
    text: sealed ? `${text}\nThe test split is sealed: accuracies are on validation.` : text,
  };
}

function outcome(run: Run, evaluation: EvaluationResult): Outcome {
  const { summary, confusion, classes, split } = evaluation;
  const value = {
    run: run.id,
    number: run.number,
    name: run.name,
    status: run.status,
    split,
    n: evaluation.n,
    accuracy: summary.accuracy,
    accuracyInterval: evaluation.accuracyInterval,
    macroF1: summary.macroF1,
    rocAuc: summary.rocAuc,
    confusion,
    classes,
    seconds: run.seconds,
    imagesPerSecond: run.imagesPerSecond,
    frozenUnchanged: run.frozenUnchanged,
    params: run.params,
    epochs: run.epochs,
    bestEpoch: run.bestEpoch,
    device: run.device,
    report: evaluation.report,
  };
  return { value, text: describe(run, evaluation) };
}

function describe(run: Run, { summary, split, n, confusion, classes, ...rest }: EvaluationResult): string {
  const [low, high] = rest.accuracyInterval;
  const frozen = { true: 'unchanged', false: 'CHANGED', null: 'nothing was frozen' }[
    `${run.frozenUnchanged}`
  ];
  return [
    list({
      Run: `${run.number} (${run.id}), ${run.status}`,
      Accuracy: `${percent(summary.accuracy)} on ${n} items of ${split} (95 %: ${percent(low)} to ${percent(high)})`,
      'Macro F1': summary.macroF1.toFixed(4),
      'ROC area': summary.rocAuc?.toFixed(4) ?? null,
      Frozen: frozen,
      Seconds: Object.entries(run.seconds)
        .map(([phase, took]) => `${phase} ${seconds(took)}`)
        .join(', '),
      Features: run.imagesPerSecond === null ? null : `${run.imagesPerSecond.toFixed(0)} images/s`,
    }),
    '',
    table(
      ['Class', 'Precision', 'Recall', 'F1', 'Support'],
      rest.report.map((row) => [
        row.name,
        percent(row.precision),
        percent(row.recall),
        row.f1.toFixed(4),
        row.support,
      ]),
    ),
    '',
    table(
      ['True \\ predicted', ...classes],
      confusion.map((row, index) => [classes[index] ?? '', ...row]),
    ),
  ].join('\n');
}

function isSplit(name: string): name is Split {
  return (splits as readonly string[]).includes(name);
}
