import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Job, Result } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useJobs } from '../jobs.ts';
import { useNotices } from '../window/notices.ts';

/** What more pictures would bring: the last learning curve, its forecast, and what came of earlier ones. */
export const useLearningCurve = defineStore('learningCurve', () => {
  const jobs = useJobs();
  const notices = useNotices();
  /** Group of items it is of; null for all. */
  const collection = ref<string | null>(null);
  const answer = shallowRef<Result<'learningCurve.get'> | null>(null);
  let shown = false;

  const curve = computed(() => answer.value?.curve ?? null);
  const earlier = computed(() => answer.value?.earlier ?? []);
  const job = computed(() => jobs.running.find(({ kind }) => kind === 'curve') ?? null);
  /** Why the last attempt came to nothing. */
  const failure = computed(() => jobs.list.find(({ kind }) => kind === 'curve')?.error ?? null);

  async function load(): Promise<void> {
    const asked = collection.value;
    const found = await lab().call('learningCurve.get', { collection: asked });
    if (asked === collection.value) answer.value = found;
  }

  async function show(on: boolean): Promise<void> {
    shown = on;
    if (on) await load();
  }

  async function choose(next: string | null): Promise<void> {
    collection.value = next;
    answer.value = null;
    await load();
  }

  const start = async (): Promise<void> =>
    void (await lab().call('learningCurve.start', { collection: collection.value }));

  function clear(): void {
    collection.value = null;
    answer.value = null;
  }

  function receive({ kind, status }: Job): void {
    if (shown && kind === 'curve' && status === 'done') void notices.attempt(load);
  }

  return {
    collection,
    loaded: computed(() => answer.value !== null),
    curve,
    earlier,
    job,
    failure,
    show,
    choose,
    start,
    clear,
    listen: () => void lab().on('job.changed', receive),
  };
});
