import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Comparison, Curve, Epoch, Split } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

/** Of each compared run: its ROC curves and its epochs, for the charts that lay them over each other. */
export interface ComparedDetails {
  roc: Curve[];
  epochs: Epoch[];
}

/** The runs that are marked in Experiments, and what the comparison of them found. */
export const useComparison = defineStore('comparison', () => {
  const marked = ref<string[]>([]);
  const comparison = shallowRef<Comparison | null>(null);
  const details = shallowRef(new Map<string, ComparedDetails>());
  const loading = ref(false);
  const failure = ref<unknown>(null);
  let asked = 0;

  function toggle(run: string): void {
    marked.value = marked.value.includes(run)
      ? marked.value.filter((id) => id !== run)
      : [...marked.value, run];
  }

  function unmark(runs: readonly string[]): void {
    marked.value = marked.value.filter((id) => !runs.includes(id));
  }

  async function ask(runs: string[], split: Split): Promise<void> {
    const turn = ++asked;
    loading.value = true;
    failure.value = null;
    try {
      const found = await lab().call('comparisons.get', { runs, split });
      const curves = await Promise.all(runs.map((run) => detailsOf(run, split)));
      if (turn !== asked) return;
      details.value = new Map(runs.map((run, index) => [run, curves[index] as ComparedDetails]));
      comparison.value = found;
    } catch (error) {
      if (turn !== asked) return;
      comparison.value = null;
      failure.value = error;
    } finally {
      if (turn === asked) loading.value = false;
    }
  }

  function clear(): void {
    asked++;
    marked.value = [];
    comparison.value = null;
    failure.value = null;
  }

  return { marked, comparison, details, loading, failure, toggle, unmark, ask, clear };
});

async function detailsOf(run: string, split: Split): Promise<ComparedDetails> {
  const [{ roc }, { epochs }] = await Promise.all([
    lab().call('evaluations.get', { run, split }),
    lab().call('runs.get', { id: run }),
  ]);
  return { roc, epochs };
}
