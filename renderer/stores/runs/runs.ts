import { defineStore } from 'pinia';
import { computed, reactive, ref } from 'vue';
import type {
  Epoch,
  FreezingProof,
  Run,
  RunPlan,
  RunProgress,
  Summary,
} from '../../../shared/contract/index.ts';
import { RUNS_AT_HAND } from '../../../shared/contract/runs/runs.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import { lab } from '../../bridge.ts';

/**
 * The newest runs of the open project, and any other that was asked for, with what the running one is doing right now.
 * The table of all of them is `useExperiments`.
 */
export const useRuns = defineStore('runs', () => {
  const list = ref<Run[]>([]);
  const loaded = ref(false);
  const progress = reactive(new Map<string, RunProgress>());
  const epochs = reactive(new Map<string, Epoch[]>());

  const byId = computed(() => new Map(list.value.map((run) => [run.id, run])));
  const active = computed(() =>
    list.value.find((run) => run.status === 'running' || run.status === 'paused'),
  );
  const finished = computed(() => list.value.filter((run) => run.summaries.length > 0));

  async function load(): Promise<void> {
    list.value = (await lab().call('runs.list', { limit: RUNS_AT_HAND })).sort((a, b) => b.number - a.number);
    loaded.value = true;
  }

  function clear(): void {
    list.value = [];
    loaded.value = false;
    progress.clear();
    epochs.clear();
  }

  function receive(run: Run): void {
    const index = list.value.findIndex((known) => known.id === run.id);
    if (index < 0) list.value = [run, ...list.value].sort((a, b) => b.number - a.number);
    else list.value[index] = run;
    if (run.status !== 'running') progress.delete(run.id);
  }

  /** Reads a run that is not among the newest; undefined where there is none of that name. */
  async function need(id: string): Promise<Run | undefined> {
    const known = byId.value.get(id);
    if (known) return known;
    const found = await lab()
      .call('runs.get', { id })
      .catch(() => undefined);
    if (found) receive(found.run);
    return found?.run;
  }

  function receiveEpoch(id: string, epoch: Epoch): void {
    const known = epochs.get(id) ?? [];
    epochs.set(id, [...known.filter((entry) => entry.epoch !== epoch.epoch), epoch]);
  }

  async function loadEpochs(id: string): Promise<void> {
    const details = await lab().call('runs.get', { id });
    receive(details.run);
    epochs.set(id, details.epochs);
  }

  const plan = (recipe: Recipe): Promise<RunPlan> => lab().call('runs.plan', { recipe });

  async function start(recipe: Recipe, name?: string): Promise<Run> {
    const run = await lab().call('runs.start', { recipe, name });
    receive(run);
    return run;
  }

  async function pause(id: string): Promise<void> {
    await lab().call('runs.pause', { id });
  }

  async function resume(id: string): Promise<void> {
    receive(await lab().call('runs.resume', { id }));
  }

  async function stop(id: string): Promise<void> {
    await lab().call('runs.stop', { id });
  }

  async function rename(id: string, name: string): Promise<void> {
    receive(await lab().call('runs.rename', { id, name }));
  }

  async function remove(ids: string[]): Promise<void> {
    await lab().call('experiments.delete', { ids });
    const gone = new Set(ids);
    list.value = list.value.filter((run) => !gone.has(run.id));
  }

  const freezing = (id: string): Promise<FreezingProof | null> => lab().call('runs.freezing', { id });

  function listen(): void {
    lab().on('run.changed', receive);
    lab().on('run.progress', (next) => progress.set(next.run, next));
    lab().on('run.epoch', ({ run, epoch }) => receiveEpoch(run, epoch));
  }

  return {
    list,
    loaded,
    progress,
    epochs,
    byId,
    active,
    finished,
    load,
    need,
    clear,
    loadEpochs,
    plan,
    start,
    pause,
    resume,
    stop,
    rename,
    remove,
    freezing,
    listen,
  };
});

/** The summary that speaks for a run: test of its own data if there is one, else the first there is. */
export function mainSummary(run: Run): Summary | null {
  return run.summaries.find((entry) => entry.split === 'test') ?? run.summaries[0] ?? null;
}
