import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { AdviceRecord, TransferAdvice } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useJobs } from '../jobs.ts';

/** Estimates of how well backbones would transfer, made before any training. */
export const useTransferability = defineStore('transferability', () => {
  const jobs = useJobs();
  const advice = shallowRef<TransferAdvice | null>(null);
  const record = shallowRef<AdviceRecord | null>(null);
  const loaded = ref(false);
  let asked = 0;

  const job = computed(() => jobs.running.find(({ kind }) => kind === 'transferability') ?? null);

  async function load(): Promise<void> {
    const turn = ++asked;
    const found = await lab().call('transferability.get', {});
    if (turn !== asked) return;
    advice.value = found.advice;
    record.value = found.record;
    loaded.value = true;
  }

  async function start(collection: string | null): Promise<void> {
    await lab().call('transferability.start', { collection });
  }

  function clear(): void {
    asked++;
    advice.value = null;
    record.value = null;
    loaded.value = false;
  }

  return { advice, record, loaded, job, load, start, clear };
});
