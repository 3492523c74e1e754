import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recipe, Stage } from '../../../shared/recipe/recipe.ts';
import type { Dataset } from './inputs/dataset.ts';
import { cutForStage } from './network/network.ts';
import type { Network } from './network/network.ts';
import { balancedWeights } from './optimization/loss.ts';
import { createMover } from './optimization/optimizers.ts';
import { layersTrainedIn, statisticsOf } from './plan.ts';
import type { StageRun } from './stage.ts';

/** Cuts the network where the stage begins, fetches what enters there, and makes the optimizers. */
export async function prepareStage(
  network: Network,
  dataset: Dataset,
  recipe: Recipe,
  stage: Stage,
  anchors: ReadonlyMap<string, Tensor>,
): Promise<StageRun> {
  const part = cutForStage(network, layersTrainedIn(stage, network.blocks), statisticsOf(recipe));
  const rows = await dataset.rowsAt(part, recipe.augmentation);
  const { labels } = dataset;
  const train = dataset.positions('train');
  const trainLabels = Array.from(train, (position) => labels[position] as number);
  const balanced = recipe.classWeights === 'balanced' && recipe.sampling !== 'balanced';
  return {
    network,
    part,
    data: {
      rows,
      labels,
      train,
      validation: dataset.positions('validation'),
      classWeights: balanced ? balancedWeights(trainLabels, network.spec.classes.length) : null,
    },
    recipe,
    stage,
    mover: createMover(stage.optimizer, part.groups(stage.blockDecay), recipe.clipNorm),
    anchors,
    drops: 0,
  };
}
