import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { estimateStage, type StageEstimate } from '../../../shared/recipe/estimate.ts';
import { trainedBy, trainOf } from '../../../shared/recipe/freezing.ts';
import type { BackboneSource } from '../../../shared/recipe/recipe.ts';
import type { Preset } from '../../components/freeze/classical-rule.ts';
import { networkOf, type NetworkLayers } from '../../../shared/network-layers.ts';
import { withRange, type FreezeRow } from '../../components/freeze/freeze-rows.ts';
import { useDraft } from '../draft.ts';
import { useRuns } from '../runs/runs.ts';
import { useZoo } from './zoo.ts';

type LayersRequest = Parameters<ReturnType<typeof useZoo>['layers']>[0];

/** Which layers of the draft's backbone its last stage trains, and what that will cost. */
export const useFreezing = defineStore('freezing', () => {
  const draft = useDraft();
  const zoo = useZoo();
  const runs = useRuns();
  const network = shallowRef<NetworkLayers | null>(null);
  /** Blocks whose layers are shown. */
  const open = shallowRef<ReadonlySet<string>>(new Set());
  const failed = ref(false);
  let loaded = '';

  /** What to ask for the layers of a backbone, also of one an earlier run trained; null when that run is gone. */
  function requestFor(source: BackboneSource | null, inputSize: number): LayersRequest | null {
    if (!source) return null;
    if (source.from === 'library') return { arch: source.arch, alpha: source.alpha, inputSize };
    const earlier = runs.byId.get(source.run)?.recipe;
    if (!earlier) return null;
    if (earlier.backbone) return requestFor(earlier.backbone, inputSize);
    return { arch: 'scratch-cnn', inputSize, channels: earlier.scratch.channels };
  }

  const request = computed(() => {
    const recipe = draft.recipe;
    return recipe ? requestFor(recipe.backbone, recipe.input.size) : null;
  });

  /** Reads the layers of the draft's backbone. A size that is just being typed and does not fit changes nothing. */
  async function load(): Promise<void> {
    const key = JSON.stringify(request.value);
    if (key === loaded) return;
    loaded = key;
    const wanted = request.value;
    if (!wanted) {
      network.value = null;
      return;
    }
    try {
      const rows = await zoo.layers(wanted);
      if (key !== loaded) return;
      network.value = networkOf(rows);
      failed.value = false;
    } catch {
      if (key === loaded) failed.value = true;
    }
  }

  const train = computed(() => draft.recipe?.stages.at(-1)?.train ?? { what: 'head' as const });
  const trained = computed<ReadonlySet<string>>(() =>
    network.value ? trainedBy(train.value, network.value.blocks) : new Set(),
  );

  function set(next: ReadonlySet<string>): void {
    if (network.value) draft.setTrained(trainOf(next, network.value.blocks));
  }

  function change(range: [number, number], toTrained: boolean): void {
    if (network.value) set(withRange(network.value, trained.value, range, toTrained));
  }

  /** Freezes a row and everything between it and the input. */
  const freezeDown = (row: FreezeRow): void => change([0, row.last], false);
  /** Trains a row and everything between it and the output. */
  const trainUp = (row: FreezeRow): void =>
    change([row.first, (network.value?.layers.length ?? 1) - 1], true);
  const setRow = (row: FreezeRow, toTrained: boolean): void => change([row.first, row.last], toTrained);

  /** How many of the topmost blocks a preset trains. */
  const blocksOf = (preset: Preset): number =>
    ({ none: 0, last: 1, lastTwo: 2, all: network.value?.blocks.length ?? 0 })[preset];

  const layersOf = (preset: Preset): Set<string> => {
    const count = blocksOf(preset);
    const blocks = count > 0 ? (network.value?.blocks.slice(-count) ?? []) : [];
    return new Set(blocks.flatMap(({ layers }) => layers));
  };

  function apply(preset: Preset): void {
    set(layersOf(preset));
  }

  const preset = computed<Preset | null>(() => {
    const names: Preset[] = ['none', 'last', 'lastTwo', 'all'];
    const now = trained.value;
    return (
      names.find((name) => {
        const wanted = layersOf(name);
        return wanted.size === now.size && [...wanted].every((layer) => now.has(layer));
      }) ?? null
    );
  });

  function toggleOpen(name: string): void {
    const next = new Set(open.value);
    if (!next.delete(name)) next.add(name);
    open.value = next;
  }

  function openAll(isOpen: boolean): void {
    open.value = new Set(isOpen ? network.value?.ranges.map(({ name }) => name) : []);
  }

  /** The measured speed of this backbone at this size, or at another one scaled by its area. */
  const speed = computed(() => {
    const wanted = request.value;
    return wanted && !wanted.channels ? zoo.speedOf(wanted.arch, wanted.alpha ?? 1, wanted.inputSize) : null;
  });

  const estimate = computed<StageEstimate | null>(() => {
    const { recipe, plan } = draft;
    const stage = recipe?.stages.at(-1);
    const rows = network.value?.rows;
    const featureShape = rows?.at(-1)?.outputShape.map((side) => side ?? 1);
    if (!recipe || !stage || !network.value || !featureShape) return null;
    return estimateStage({
      layers: network.value.layers,
      trained: trained.value,
      head: { ...recipe.head, classes: plan?.classes.length ?? 0 },
      featureShape,
      items: plan?.items ?? { train: 0, validation: 0, test: 0 },
      variants: recipe.augmentation?.variants ?? 0,
      inputSize: recipe.input.size,
      batchSize: stage.batchSize,
      optimizer: stage.optimizer.name,
      msPerImage: speed.value?.msPerImage ?? null,
    });
  });

  return {
    network,
    open,
    failed,
    request,
    trained,
    preset,
    speed,
    estimate,
    load,
    freezeDown,
    trainUp,
    setRow,
    apply,
    layersOf,
    toggleOpen,
    openAll,
  };
});
