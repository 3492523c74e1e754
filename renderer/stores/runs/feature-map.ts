import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { FeatureMap, Job } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

/** The map of what a run's network sees. It is drawn once by a job, and read again when that ends. */
export const useFeatureMap = defineStore('featureMap', () => {
  const run = ref('');
  const map = shallowRef<FeatureMap | null>(null);
  const loading = ref(false);
  const failure = ref<unknown>(null);

  async function show(id: string): Promise<void> {
    if (run.value !== id) map.value = null;
    run.value = id;
    loading.value = true;
    failure.value = null;
    try {
      const found = await lab().call('featureMaps.get', { run: id });
      if (run.value === id) map.value = found;
    } catch (error) {
      if (run.value === id) failure.value = error;
    } finally {
      loading.value = false;
    }
  }

  const draw = async (): Promise<void> => void (await lab().call('featureMaps.start', { run: run.value }));

  function receive({ kind, status, run: of }: Job): void {
    if (kind === 'map' && status === 'done' && of === run.value) void show(run.value);
  }

  function clear(): void {
    run.value = '';
    map.value = null;
    failure.value = null;
  }

  return {
    run,
    map,
    loading,
    failure,
    show,
    draw,
    clear,
    listen: () => void lab().on('job.changed', receive),
  };
});
