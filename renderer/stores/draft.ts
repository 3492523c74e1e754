import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { RunPlan } from '../../shared/contract/index.ts';
import {
  defaultRecipe,
  recipeSchema,
  type BackboneSource,
  type Recipe,
  type RecipeKind,
} from '../../shared/recipe.ts';
import { useRuns } from './runs.ts';
import { useZoo } from './zoo.ts';

/** Side of the input of a network trained from scratch, unless the person says otherwise. */
const scratchInputSize = 150;

/** The recipe being edited on the Train screen, and what the lab says it would do. */
export const useDraft = defineStore('draft', () => {
  const zoo = useZoo();
  const runs = useRuns();
  const recipe = ref<Recipe | null>(null);
  const name = ref('');
  const plan = ref<RunPlan | null>(null);
  const planFailure = ref<unknown>(null);
  let asked = 0;

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

  function begin(kind: RecipeKind, backbone: BackboneSource | null = preselected()): void {
    const collection = recipe.value?.data.collection ?? null;
    const cut = backbone?.from === 'library' ? (zoo.byId.get(backbone.arch)?.defaultCut ?? '') : '';
    const size = inputSizeOf(kind === 'scratch-cnn' ? null : backbone);
    const next = defaultRecipe(kind, backbone, size, cut || 'all');
    const last = next.stages.at(-1);
    if (kind === 'fine-tune' && cut === '' && last) last.train = { what: 'all' };
    next.data.collection = collection;
    recipe.value = next;
  }

  /** Another kind keeps the backbone; a first visit takes the best one installed. */
  function setKind(kind: RecipeKind): void {
    begin(kind, recipe.value?.backbone ?? preselected());
  }

  function setBackbone(backbone: BackboneSource | null): void {
    const kind = recipe.value?.kind === 'fine-tune' ? 'fine-tune' : 'features';
    begin(kind, backbone);
  }

  /** Trains from this block upward; null leaves everything frozen, `all` nothing. */
  function setCut(block: string | null): void {
    if (!recipe.value) return;
    const wanted = block === null ? 'features' : 'fine-tune';
    if (recipe.value.kind !== wanted) begin(wanted, recipe.value.backbone);
    const last = recipe.value.stages.at(-1);
    if (block === null || !last) return;
    last.train = block === 'all' ? { what: 'all' } : { what: 'from', block };
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
    recipe.value = recipeSchema.parse(next);
  }

  function clear(): void {
    recipe.value = null;
    plan.value = null;
    name.value = '';
  }

  return {
    recipe,
    name,
    plan,
    planFailure,
    problems,
    isValid,
    architecture,
    begin,
    setKind,
    setBackbone,
    setCut,
    refreshPlan,
    use,
    clear,
  };
});
