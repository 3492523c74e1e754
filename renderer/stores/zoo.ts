import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Architecture, LayerRow, WeightsEntry } from '../../shared/contract/index.ts';
import { lab } from '../bridge.ts';

export interface InstalledBackbone {
  architecture: Architecture;
  weights: WeightsEntry;
}

/** The backbones Graft knows and the weights that are on this computer. */
export const useZoo = defineStore('zoo', () => {
  const architectures = ref<Architecture[]>([]);
  const loaded = ref(false);

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
    architectures.value = await lab().call('zoo.list', {});
    loaded.value = true;
  }

  async function importWeights(path: string, as?: string): Promise<WeightsEntry> {
    const entry = await lab().call('zoo.import', { path, as });
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

  function layers(arch: string, alpha: number, inputSize: number): Promise<LayerRow[]> {
    return lab().call('zoo.layers', { arch, alpha, inputSize });
  }

  function listen(): void {
    lab().on('zoo.changed', () => void load());
  }

  return { architectures, loaded, installed, best, byId, load, importWeights, keep, remove, layers, listen };
});
