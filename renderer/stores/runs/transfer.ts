import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Result, TransferCheck } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useJobs } from '../jobs.ts';

/** Seeds of the thorough check: enough for an interval over them. */
export const manySeeds = 5;

/** Whether what a run carried over helped, and what it would take to know. */
export const useTransfer = defineStore('transfer', () => {
  const jobs = useJobs();
  const check = shallowRef<TransferCheck | null>(null);
  /** What a check with one seed, and one with many, would still train. */
  const plans = shallowRef<{ seeds: number; plan: Result<'transfer.plan'> }[]>([]);
  let asked = 0;

  const job = computed(() => jobs.running.find(({ kind }) => kind === 'series') ?? null);

  async function load(run: string): Promise<void> {
    const turn = ++asked;
    if (check.value?.run !== run) clear();
    asked = turn;
    const next = await lab().call('transfer.get', { run });
    const found = next.baselines.length > 0 ? await plansOf(run) : [];
    if (turn !== asked) return;
    check.value = next;
    plans.value = found;
  }

  async function start(run: string, seeds: number): Promise<void> {
    await lab().call('transfer.check', { run, seeds });
  }

  function clear(): void {
    asked++;
    check.value = null;
    plans.value = [];
  }

  return { check, plans, job, load, start, clear };
});

const plansOf = (run: string) =>
  Promise.all(
    [1, manySeeds].map(async (seeds) => ({
      seeds,
      plan: await lab().call('transfer.plan', { run, seeds }),
    })),
  );
