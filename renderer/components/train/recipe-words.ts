import type { Recipe, Stage } from '../../../shared/recipe/recipe.ts';
import { rate } from '../../format.ts';

type Translate = (key: string, params?: Record<string, unknown>) => string;

export interface RecipeNames {
  architecture: (id: string) => string;
  run: (id: string) => string;
}

function backboneLine(recipe: Recipe, t: Translate, names: RecipeNames): string {
  const source = recipe.backbone;
  if (source === null) return t('recipe.scratch');
  if (source.from === 'run') return t('recipe.fromRun', { run: names.run(source.run) });
  const name = names.architecture(source.arch) + (source.alpha === 1 ? '' : ` α ${source.alpha}`);
  return t(source.weights === null ? 'recipe.random' : 'recipe.pretrained', { name });
}

function stageLine(stage: Stage, index: number, count: number, t: Translate): string {
  const what = t(`recipe.train.${stage.train.what}`, {
    block: stage.train.what === 'from' ? stage.train.block : '',
    n: stage.train.what === 'layers' ? stage.train.layers.length : 0,
  });
  const how = t('recipe.how', {
    epochs: stage.epochs,
    optimizer: t(`terms.optimizer.${stage.optimizer.name}`),
    rate: rate(stage.optimizer.learningRate),
    batch: stage.batchSize,
  });
  const { name } = stage.schedule;
  const moved = name === 'constant' ? '' : `, ${t('recipe.schedule', { name: t(`terms.schedule.${name}`) })}`;
  return count > 1
    ? `${t('train.stage', { n: index + 1 })}: ${what}; ${how}${moved}`
    : `${what}; ${how}${moved}`;
}

function balanceLine({ sampling, classWeights }: Recipe, t: Translate): string[] {
  if (sampling === 'balanced') return [t('recipe.balance.sampling')];
  return classWeights === 'balanced' ? [t('recipe.balance.weights')] : [];
}

/** A recipe as a few plain sentences. */
export function recipeWords(recipe: Recipe, t: Translate, names: RecipeNames): string[] {
  const { head, input } = recipe;
  const hidden = head.hidden.length > 0 ? head.hidden.join(' + ') : t('recipe.noHidden');
  return [
    backboneLine(recipe, t, names),
    t('recipe.input', { size: input.size }),
    t('recipe.head', { hidden, dropout: head.dropout, pooling: t(`recipe.pooling.${head.pooling}`) }),
    ...recipe.stages.map((stage, index) => stageLine(stage, index, recipe.stages.length, t)),
    ...balanceLine(recipe, t),
    ...(recipe.augmentation === null ? [] : [t('recipe.augmented')]),
    ...(recipe.data.collection === null ? [] : [t('recipe.collection', { name: recipe.data.collection })]),
    t('recipe.seed', { seed: recipe.seed }),
  ];
}
