import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { ItemFilter, SuggestionSummary } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useItems } from './items.ts';
import { useJobs } from '../jobs.ts';
import { useNotices } from '../window/notices.ts';
import { useProject } from '../project.ts';

/** The head learns from new labels after so many edits, or once a person pauses this long, in ms. */
const batch = 10;
const pause = 2000;
/** Items of the queue beyond the one in hand that stay where they are: those on view, more or less. */
const ahead = 40;

/** What a head on a backbone takes images without a label for, and how it learns from each new label. */
export const useSuggestions = defineStore('suggestions', () => {
  const project = useProject();
  const items = useItems();
  const jobs = useJobs();
  const notices = useNotices();
  const summary = ref<SuggestionSummary | null>(null);
  let edits = 0;
  let updating = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const last = computed(() => summary.value?.last ?? null);
  const job = computed(() => jobs.running.find(({ id }) => id === summary.value?.job) ?? null);

  function take(next: SuggestionSummary): void {
    const before = last.value?.madeAt;
    summary.value = next;
    if (next.last?.madeAt !== before) items.reread();
    if (!next.last && items.order === 'queue') void notices.attempt(() => items.setOrder('path'));
  }

  async function load(): Promise<void> {
    if (project.current) take(await lab().call('suggestions.summary', {}));
  }

  async function start(): Promise<void> {
    await lab().call('suggestions.start', {});
    await load();
  }

  async function stop(): Promise<void> {
    clearTimeout(timer);
    take(await lab().call('suggestions.stop', {}));
  }

  /** Shows what waits for a label, the most useful first: in an order of now, without what was labelled meanwhile. */
  async function showQueue(): Promise<void> {
    take(await lab().call('suggestions.update', {}));
    await items.setOrder('queue');
  }

  async function accept(wanted: { ids: number[] } | { filter: ItemFilter }): Promise<number> {
    const result = await lab().call('suggestions.accept', wanted);
    project.current = result.project;
    return result.changed;
  }

  async function update(): Promise<void> {
    clearTimeout(timer);
    if (updating) return;
    updating = true;
    edits = 0;
    const after = items.order === 'queue' ? items.focused?.id : undefined;
    const next = await notices.attempt(() => lab().call('suggestions.update', { after, ahead }));
    updating = false;
    if (next) take(next);
    if (edits > 0) timer = setTimeout(() => void update(), pause);
  }

  function learnSoon(): void {
    if (job.value || jobs.importing) return;
    if (!last.value) return void notices.attempt(load);
    edits++;
    clearTimeout(timer);
    if (edits >= batch) void update();
    else timer = setTimeout(() => void update(), pause);
  }

  function clear(): void {
    clearTimeout(timer);
    summary.value = null;
  }

  function listen(): void {
    lab().on('suggestions.changed', take);
    lab().on('items.changed', learnSoon);
  }

  return { summary, last, job, load, start, stop, showQueue, accept, clear, listen };
});
