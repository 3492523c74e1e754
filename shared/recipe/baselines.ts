import { dataAsked, epochsOf, withEpochs } from './ladder.ts';
import { recipeSchema, type BackboneSource, type Recipe, type RecipeInput } from './recipe.ts';
import { namedRecipe } from './recipes.ts';

/** What a transferred run is measured against: the same task with nothing carried over. */
export const baselineKinds = ['scratch', 'random-frozen'] as const;
export type BaselineKind = (typeof baselineKinds)[number];

/** The network under a run's head, followed through the runs it was carried over from. */
export type Body =
  | { is: 'zoo'; arch: string; alpha: number }
  /** A network trained from scratch, with the filters of its blocks. */
  | { is: 'scratch-cnn'; channels: readonly number[] }
  /** An imported network: it cannot be built with other weights. */
  | { is: 'imported' };

export interface MatchedBaseline {
  kind: BaselineKind;
  recipe: Recipe;
}

/** Whether a recipe carries over weights that were learned elsewhere. */
export function isTransfer({ backbone }: Pick<Recipe, 'backbone'>): boolean {
  return backbone !== null && (backbone.from === 'run' || backbone.weights !== null);
}

/**
 * The baselines of a transferred recipe: the same network, head, pictures, augmentation, seed and budget of epochs,
 * from random weights that are all trained (`scratch`), and from random weights that stay as they are below a trained
 * head (`random-frozen`). The first asks whether transfer is worth it, the second whether it is what was learned that
 * helps, or merely the shape of the network. An imported network is compared with a small one from scratch alone.
 */
export function matchedBaselines(recipe: Recipe, body: Body): MatchedBaseline[] {
  if (!isTransfer(recipe)) return [];
  const epochs = epochsOf(recipe);
  const shared: RecipeInput = { ...recipe, l2sp: 0, data: dataAsked(recipe) };
  const whole = wholeNetwork(recipe, body);
  const scratch = { ...shared, ...whole.start, batchNorm: 'batch' as const, stages: whole.stages };
  const baselines: MatchedBaseline[] = [
    { kind: 'scratch', recipe: withEpochs(recipeSchema.parse(scratch), epochs) },
  ];
  if (body.is === 'imported') return baselines;
  const [first] = recipe.stages;
  const head = { ...first!, train: { what: 'head' as const } };
  const frozen = { ...shared, ...whole.start, kind: whole.frozenKind, stages: [head] };
  baselines.push({ kind: 'random-frozen', recipe: withEpochs(recipeSchema.parse(frozen), epochs) });
  return baselines;
}

/** The network without what was carried over, and how a whole network of its kind is usually trained. */
function wholeNetwork({ input, stages }: Recipe, body: Body) {
  const batchSize = stages.at(-1)!.batchSize;
  if (body.is === 'zoo') {
    const backbone: BackboneSource = { from: 'library', arch: body.arch, weights: null, alpha: body.alpha };
    const usual = namedRecipe('pretrain', { backbone, inputSize: input.size, cut: 'all', blocks: [] });
    return {
      start: { kind: 'fine-tune' as const, backbone },
      frozenKind: 'features' as const,
      stages: usual.stages.map((stage) => ({ ...stage, batchSize })),
    };
  }
  const plain = namedRecipe('scratch-cnn', { backbone: null, inputSize: input.size, cut: '', blocks: [] });
  const channels = body.is === 'scratch-cnn' ? [...body.channels] : plain.scratch.channels;
  return {
    start: { kind: 'scratch-cnn' as const, backbone: null, scratch: { channels } },
    frozenKind: 'scratch-cnn' as const,
    stages: plain.stages.map((stage) => ({ ...stage, batchSize })),
  };
}
