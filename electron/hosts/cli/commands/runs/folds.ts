import type { FoldsResult, LabClient } from '../../../../../shared/contract/index.ts';
import { MOST_FOLDS } from '../../../../../shared/contract/runs/folds.ts';
import type { Recipe } from '../../../../../shared/recipe/recipe.ts';
import { followJob } from '../../follow.ts';
import { percent, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { usage } from '../../usage.ts';

/** A number of folds as written on the command line. */
export function foldCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 2 && count <= MOST_FOLDS) return count;
  throw usage(`--folds is a number from 2 to ${MOST_FOLDS}`);
}

/** Trains a recipe once per fold and judges the folds together. */
export async function crossValidate(
  lab: LabClient,
  request: { recipe: Recipe; folds: number; name?: string },
): Promise<Outcome> {
  const { group, job } = await lab.call('folds.start', request);
  await followJob(lab, job);
  const result = await lab.call('folds.get', { group });
  return { value: result, text: describe(result) };
}

function describe({ name, folds, pooled }: FoldsResult): string {
  const rows = folds.map(({ fold, number, n, accuracy }) => [
    fold + 1,
    number ?? '-',
    n,
    accuracy === null ? '-' : percent(accuracy),
  ]);
  const lines = [name, table(['Fold', 'Run', 'Items', 'Accuracy'], rows), ''];
  if (!pooled) return [...lines, 'Not every fold is done.'].join('\n');
  const { mean, interval } = pooled.overFolds;
  return [
    ...lines,
    `Every item judged once by a run that never saw it: ${percent(pooled.accuracy)} of ${pooled.n} (95 %: ${percent(pooled.interval[0])} to ${percent(pooled.interval[1])}), macro F1 ${pooled.macroF1.toFixed(4)}.`,
    `Over the folds: ${percent(mean)}, 95 % ${percent(interval[0])} to ${percent(interval[1])} (folds share training items: the true spread may be wider).`,
    '',
    table(
      ['Class', 'Precision', 'Recall', 'F1', 'Support'],
      pooled.report.map((row) => [
        row.name,
        percent(row.precision),
        percent(row.recall),
        row.f1.toFixed(4),
        row.support,
      ]),
    ),
  ].join('\n');
}
