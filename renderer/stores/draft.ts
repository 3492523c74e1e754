import { defineStore } from 'pinia';
import { computed, markRaw, ref } from 'vue';
import type { RunPlan } from '../../shared/contract/index.ts';
import {
  recipeSchema,
  scratchInputSize,
  type BackboneSource,
  type Recipe,
  type Stage,
} from '../../shared/recipe/recipe.ts';
import {
  kindOfRecipe,
  namedRecipe,
  scratchBlocks,
  type BlockInfo,
  type RecipeName,
} from '../../shared/recipe/recipes.ts';
import { useRuns } from './runs/runs.ts';
import { useZoo } from './backbones/zoo.ts';

/** Stands for the cut of a backbone whose run is gone, so that its blocks are not known: all of it is trained. */
const unknownBlock = 'all';

/** The recipe being edited on the Train screen, and what the lab says it would do. */
export const useDraft = defineStore('draft', () => {
  const zoo = useZoo();
  const runs = useRuns();
  const recipe = ref<Recipe | null>(null);
  /** The named recipe the draft began as; null for one taken from a run. */
  const began = ref<RecipeName | null>(null);
  const name = ref('');
  /** Folds of a cross-validation to judge by; null: the test split. */
  const folds = ref<number | null>(null);
  const plan = ref<RunPlan | null>(null);
  const planFailure = ref<unknown>(null);
  let asked = 0;
  let lastBackbone: BackboneSource | null = null;

  /** Messages of the schema by field path, e.g. `stages.0.epochs`. */
  const problems = computed<Record<string, string>>(() => {
    if (!recipe.value) return {};
    const checked = recipeSchema.safeParse(recipe.value);
    if (checked.success) return {};
    return Object.fromEntries(checked.error.issues.map((issue) => [issue.path.join('.'), issue.code]));
  });
  const isValid = computed(() => recipe.value !== null && Object.keys(problems.value).length === 0);

  const architecture = computed(() => {
    const source = recipe.value?.backbone;
    return source?.from === 'library' ? (zoo.byId.get(source.arch) ?? null) : null;
  });

  /** Blocks of a backbone from input to output, also of one an earlier run trained; empty when it is gone. */
  function blocksOf(source: BackboneSource | null): BlockInfo[] {
    if (!source) return [];
    if (source.from === 'library') return zoo.byId.get(source.arch)?.blocks ?? [];
    const earlier = runs.byId.get(source.run)?.recipe;
    if (!earlier) return [];
    return earlier.backbone ? blocksOf(earlier.backbone) : scratchBlocks(earlier);
  }

  /** First block fine-tuning trains by default: the zoo's choice, or the last block of an earlier run's network. */
  function cutOf(source: BackboneSource | null): string {
    const known = source?.from === 'library' ? zoo.byId.get(source.arch)?.defaultCut : undefined;
    return known || blocksOf(source).at(-1)?.id || unknownBlock;
  }

  const blocks = computed(() => blocksOf(recipe.value?.backbone ?? null));

  function preselected(): BackboneSource | null {
    const best = zoo.best;
    if (!best) return null;
    return {
      from: 'library',
      arch: best.architecture.id,
      weights: best.weights.id,
      alpha: best.weights.alpha,
    };
  }

  function inputSizeOf(backbone: BackboneSource | null): number {
    if (backbone?.from === 'library') return zoo.byId.get(backbone.arch)?.inputSize ?? scratchInputSize;
    if (backbone?.from === 'run') return runs.byId.get(backbone.run)?.recipe.input.size ?? scratchInputSize;
    return scratchInputSize;
  }

  const isFrozenOnly = (source: BackboneSource | null): boolean =>
    source?.from === 'library' && zoo.byId.get(source.arch)?.frozenOnly === true;

  /** Starts over from a named recipe, keeping backbone and collection. */
  function begin(start: RecipeName, backbone: BackboneSource | null = preselected()): void {
    const collection = recipe.value?.data.collection ?? null;
    if (kindOfRecipe[start] === 'fine-tune' && isFrozenOnly(backbone)) start = 'features';
    const isScratch = kindOfRecipe[start] === 'scratch-cnn';
    const next = namedRecipe(start, {
      backbone: isScratch ? null : backbone,
      inputSize: inputSizeOf(isScratch ? null : backbone),
      cut: cutOf(backbone),
      blocks: blocksOf(backbone).map((block) => block.id),
    });
    for (const stage of next.stages) {
      if (stage.train.what === 'from' && stage.train.block === unknownBlock) stage.train = { what: 'all' };
    }
    next.data.collection = collection;
    recipe.value = next;
    began.value = start;
    lastBackbone = backbone;
  }

  /** Another recipe keeps the backbone, also over a recipe that has none. */
  function setRecipe(start: RecipeName): void {
    // Pretraining leaves the weights of its backbone aside; they are wanted again by any other recipe.
    const current = began.value === 'pretrain' ? null : recipe.value?.backbone;
    begin(start, current ?? lastBackbone ?? preselected());
  }

  function setBackbone(backbone: BackboneSource | null): void {
    const keeps = began.value && kindOfRecipe[began.value] !== 'scratch-cnn';
    begin(keeps && began.value ? began.value : 'features', backbone ?? preselected());
  }

  /**
   * What the last stage trains of the backbone. Nothing makes the recipe one of frozen features, anything else one of
   * fine-tuning; all that does not depend on it stays as it was set.
   */
  function setTrained(train: Stage['train']): void {
    const now = recipe.value;
    if (!now) return;
    const wanted = train.what === 'head' ? 'features' : 'fine-tune';
    if (now.kind !== wanted || now.stages.length > 2) {
      const { backbone, input } = now;
      const blockNames = blocksOf(backbone).map((block) => block.id);
      const start = { backbone, inputSize: input.size, cut: cutOf(backbone), blocks: blockNames };
      now.stages = namedRecipe(wanted, start).stages;
      now.kind = wanted;
      began.value = now.augmentation ? `${wanted}-augmented` : wanted;
    }
    const last = now.stages.at(-1);
    // Hundreds of names that change as a whole need not be watched one by one.
    if (last) last.train = markRaw(train);
  }

  async function refreshPlan(): Promise<void> {
    const turn = ++asked;
    if (!recipe.value || !isValid.value) return;
    try {
      const next = await runs.plan(recipe.value);
      if (turn !== asked) return;
      plan.value = next;
      planFailure.value = null;
    } catch (error) {
      if (turn !== asked) return;
      plan.value = null;
      planFailure.value = error;
    }
  }

  function use(next: Recipe): void {
    if (next.backbone?.from === 'run') void runs.need(next.backbone.run);
    // What an earlier run held out is no part of what it asked for.
    recipe.value = recipeSchema.parse({ ...next, data: { collection: next.data.collection } });
    began.value = null;
  }

  function clear(): void {
    recipe.value = null;
    began.value = null;
    lastBackbone = null;
    plan.value = null;
    name.value = '';
    folds.value = null;
  }

  return {
    recipe,
    began,
    name,
    folds,
    plan,
    planFailure,
    problems,
    isValid,
    architecture,
    blocks,
    begin,
    setRecipe,
    setBackbone,
    setTrained,
    refreshPlan,
    use,
    clear,
  };
});
