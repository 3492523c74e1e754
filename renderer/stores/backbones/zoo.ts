import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type {
  Architecture,
  BackboneSpeed,
  GraphChoices,
  GraphInspection,
  LayerRow,
  Params,
  WeightsEntry,
} from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useApp } from '../app.ts';

export interface InstalledBackbone {
  architecture: Architecture;
  weights: WeightsEntry;
}

/** The backbones Graft knows and the weights that are on this computer. */
export const useZoo = defineStore('zoo', () => {
  const app = useApp();
  const architectures = ref<Architecture[]>([]);
  const loaded = ref(false);
  const speeds = ref<BackboneSpeed[]>([]);
  /** Id of the backbone that is being measured. */
  const measuring = ref<string | null>(null);

  const installed = computed<InstalledBackbone[]>(() =>
    architectures.value.flatMap((architecture) =>
      architecture.installed.map((weights) => ({ architecture, weights })),
    ),
  );

  /** The installed backbone with the best published top-1; the smaller one where they agree. */
  const best = computed<InstalledBackbone | null>(() => {
    const ranked = [...installed.value].sort(
      (a, b) =>
        (b.architecture.top1 ?? 0) - (a.architecture.top1 ?? 0) ||
        b.weights.alpha - a.weights.alpha ||
        a.weights.bytes - b.weights.bytes,
    );
    return ranked[0] ?? null;
  });

  const byId = computed(() => new Map(architectures.value.map((entry) => [entry.id, entry])));

  async function load(): Promise<void> {
    [architectures.value, speeds.value] = await Promise.all([
      lab().call('zoo.list', {}),
      lab().call('zoo.speeds', {}),
    ]);
    loaded.value = true;
  }

  /** What can be chosen for a file that is a whole network; null for weights, which need no choice. */
  function inspect(
    path: string,
    wishes: Pick<GraphChoices, 'layout' | 'size'> = {},
  ): Promise<GraphInspection | null> {
    return lab().call('zoo.inspect', { path, ...wishes });
  }

  async function importWeights(path: string, graph?: GraphChoices): Promise<WeightsEntry> {
    const entry = await lab().call('zoo.import', { path, graph });
    await load();
    return entry;
  }

  /** The backbone of a finished run as weights of its own. */
  async function keep(run: string): Promise<WeightsEntry> {
    const entry = await lab().call('zoo.keep', { run });
    await load();
    return entry;
  }

  async function remove(id: string): Promise<void> {
    await lab().call('zoo.remove', { id });
    await load();
  }

  const layers = (request: Params<'zoo.layers'>): Promise<LayerRow[]> => lab().call('zoo.layers', request);

  /** What was measured of a backbone: on the device in use first, then the latest first. */
  function speedsOf(arch: string): BackboneSpeed[] {
    const isHere = ({ device }: BackboneSpeed): number => Number(device === app.engine?.label);
    return speeds.value.filter((one) => one.arch === arch).sort((a, b) => isHere(b) - isHere(a));
  }

  /**
   * The latest measured speed of a backbone at an input size. One measured at another size is scaled by its area;
   * `exact` says which it is.
   */
  function speedOf(arch: string, alpha: number, inputSize: number) {
    const same = speedsOf(arch).filter((one) => one.alpha === alpha);
    const speed = same.find((one) => one.inputSize === inputSize) ?? same[0];
    if (!speed) return null;
    const msPerImage = speed.msPerImage * (inputSize / speed.inputSize) ** 2;
    return { msPerImage, exact: speed.inputSize === inputSize, speed };
  }

  async function measure(request: Params<'zoo.measure'>): Promise<void> {
    measuring.value = request.arch;
    try {
      await lab().call('zoo.measure', request);
      speeds.value = await lab().call('zoo.speeds', {});
    } finally {
      measuring.value = null;
    }
  }

  function listen(): void {
    lab().on('zoo.changed', () => void load());
  }

  return {
    architectures,
    loaded,
    installed,
    best,
    byId,
    load,
    inspect,
    importWeights,
    keep,
    remove,
    layers,
    speeds,
    measuring,
    speedsOf,
    speedOf,
    measure,
    listen,
  };
});
