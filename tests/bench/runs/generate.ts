import { namedRecipe, recipeNames } from '../../../shared/recipe/recipes.ts';
import type { BackboneSource, Recipe } from '../../../shared/recipe/recipe.ts';
import { recipeSchema } from '../../../shared/recipe/recipe.ts';
import { seededRandom } from '../../../shared/random.ts';
import type { RunRow } from '../../../electron/store/queries/runs/runs.ts';
import type { Store } from '../../../electron/store/store.ts';

const EPOCHS = 20;
const backbones = ['mobilenet_v2', 'resnet50', 'vgg16', 'efficientnet_b0'];
const tags = ['baseline', 'paper', 'to check'];

/** Fills a project with runs that look like a year of work: several recipes, backbones, rates and seeds. */
export function generateRuns(store: Store, count: number): void {
  const random = seededRandom(2026);
  store.transaction(() => {
    for (let index = 0; index < count; index++) {
      const recipe = aRecipe(index, random);
      const accuracy = 0.7 + 0.25 * random();
      const run = aRun(store.runs.nextNumber(), recipe, accuracy);
      store.runs.insert(run);
      for (let epoch = 1; epoch <= EPOCHS; epoch++) store.epochs.put(run.id, anEpoch(epoch, accuracy));
      for (const split of ['validation', 'test'] as const)
        store.summaries.put(run.id, {
          collection: null,
          split,
          n: 1000,
          accuracy: accuracy - (split === 'test' ? 0.01 : 0),
          macroF1: accuracy,
          rocAuc: accuracy,
          logLoss: 1 - accuracy,
        });
      if (index % 7 === 0) store.runMarks.addTag(run.id, tags[index % tags.length]!);
    }
  });
}

function aRecipe(index: number, random: () => number): Recipe {
  const name = recipeNames[index % recipeNames.length]!;
  const backbone: BackboneSource = {
    from: 'library',
    arch: backbones[index % backbones.length]!,
    weights: 'f'.repeat(64),
    alpha: 1,
  };
  const start = {
    backbone: name.startsWith('scratch') ? null : backbone,
    inputSize: 160,
    cut: 'block_13',
    blocks: ['block_13', 'block_14', 'block_16'],
  };
  const recipe = namedRecipe(name, start);
  const learningRate = 10 ** (-5 + 3 * random());
  return recipeSchema.parse({
    ...recipe,
    seed: index % 5,
    data: { collection: null, revision: 3, splitHash: 'a'.repeat(64) },
    stages: recipe.stages.map((stage) => ({ ...stage, optimizer: { ...stage.optimizer, learningRate } })),
  });
}

function aRun(number: number, recipe: Recipe, accuracy: number): RunRow {
  return {
    id: `${String(number).padStart(4, '0')}-bench`,
    number,
    name: `${recipe.kind} ${number}`,
    group: null,
    status: number % 50 === 0 ? 'failed' : 'done',
    recipe,
    classes: ['cat', 'dog'],
    classIds: [1, 2],
    createdAt: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
    finishedAt: null,
    seconds: { decode: 1, features: 4, train: 10 + 100 * accuracy, evaluate: 1 },
    imagesPerSecond: 300,
    params: { trainable: 328_193, frozen: 2_257_984 },
    frozenUnchanged: true,
    device: 'CPU, 2 threads',
    bestEpoch: EPOCHS - 2,
    error: null,
  };
}

function anEpoch(epoch: number, accuracy: number): Parameters<Store['epochs']['put']>[1] {
  const reached = accuracy * (1 - Math.exp(-epoch / 4));
  return {
    epoch,
    stage: 0,
    loss: 1 - reached,
    accuracy: reached,
    valLoss: 1.05 - reached,
    valAccuracy: reached,
    learningRate: 1e-3,
    seconds: 1,
  };
}
