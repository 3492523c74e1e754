import type { RunPlan } from '../../../shared/contract/index.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import { FEW_ITEMS, IMBALANCE } from '../../evaluation/dataset/class-counts.ts';
import type { LabContext } from '../context.ts';
import { datasetOf, type Dataset } from './dataset.ts';

/**
 * What a run with this recipe would do. Warnings are codes that the interface puts into words:
 * `no-validation`, `no-test`, `few-items`, `unsplit-items`, `class-without-train`, `imbalanced`.
 * @throws GraftError run.no-items, run.one-class
 */
export async function planRun({ projects, engines }: LabContext, recipe: Recipe): Promise<RunPlan> {
  const { places } = projects.current;
  const dataset = datasetOf(projects.current, recipe.data);
  const classes = dataset.classes.length;
  const sizes = await engines.compute.request('plan', { recipe, classes, places }).result;
  return {
    ...sizes,
    items: {
      train: count(dataset, 'train'),
      validation: count(dataset, 'validation'),
      test: count(dataset, 'test'),
    },
    classes: dataset.classes,
    warnings: warningsOf(dataset),
  };
}

function warningsOf(dataset: Dataset): string[] {
  const perClass = dataset.classes.map(() => 0);
  for (const { classIndex, split } of dataset.items) {
    if (split === 'train') perClass[classIndex]!++;
  }
  const fewest = Math.min(...perClass);
  const warnings: [string, boolean][] = [
    ['no-validation', count(dataset, 'validation') === 0],
    ['no-test', count(dataset, 'test') === 0],
    ['unsplit-items', dataset.unsplit > 0],
    ['class-without-train', fewest === 0],
    ['few-items', fewest > 0 && fewest < FEW_ITEMS],
    ['imbalanced', fewest > 0 && Math.max(...perClass) >= IMBALANCE * fewest],
  ];
  return warnings.filter(([, applies]) => applies).map(([code]) => code);
}

function count({ items }: Dataset, wanted: string): number {
  return items.filter(({ split }) => split === wanted).length;
}
