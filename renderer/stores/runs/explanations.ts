import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Explained, Explanations, Params } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

type Picture = Params<'explanations.get'>['images'][number];

/** One picture's map with what holds for it. */
export type Explanation = Explained & Omit<Explanations, 'pictures'>;

/** Pictures whose maps are kept, the newest: a person goes back and forth between a few. */
const kept = 64;

/** Where a run looked in the pictures a person opens. `shown`: Results goes on showing it for the next one. */
export const useExplanations = defineStore('explanations', () => {
  const shown = ref(false);
  const known = shallowRef(new Map<string, Explanation>());
  const loading = ref(false);
  const failure = ref<unknown>(null);

  /** `key` names the picture: the map is read once. */
  async function ask(run: string, key: string, picture: () => Promise<Picture>): Promise<void> {
    const name = nameOf(run, key);
    if (known.value.has(name)) return;
    loading.value = true;
    failure.value = null;
    try {
      const { pictures, ...rest } = await lab().call('explanations.get', { run, images: [await picture()] });
      const entries = [...known.value, [name, { ...pictures[0]!, ...rest }] as const];
      known.value = new Map(entries.slice(-kept));
    } catch (error) {
      failure.value = error;
    } finally {
      loading.value = false;
    }
  }

  function clear(): void {
    known.value = new Map();
    failure.value = null;
  }

  const of = (run: string, key: string): Explanation | null => known.value.get(nameOf(run, key)) ?? null;

  return { shown, loading, failure, ask, of, clear };
});

const nameOf = (run: string, key: string): string => `${run} ${key}`;
