import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Curve, Ladder, Result, SeriesEntry } from '../../../shared/contract/index.ts';
import { defaultCurves, curveKey } from '../../../shared/charts/curve-choice.ts';
import { lab } from '../../bridge.ts';
import { useJobs } from '../jobs.ts';

export interface RungCurve {
  key: string;
  curve: Curve;
}

/** The ladder of the guide: what it would take, how far it is, and what its rungs reached. */
export const useLadder = defineStore('ladder', () => {
  const jobs = useJobs();
  const ladder = shallowRef<Ladder | null>(null);
  const plan = shallowRef<Result<'series.plan'> | null>(null);
  const curves = shallowRef<RungCurve[]>([]);
  const loaded = ref(false);
  let planned = 0;
  let shown = 0;

  /** The job that climbs; one at a time. */
  const job = computed(() => jobs.running.find(({ kind }) => kind === 'series') ?? null);

  /** The latest ladder of the project, if there is one. */
  async function load(): Promise<void> {
    const groups = await lab().call('runGroups.list', {});
    const latest = groups.find(({ kind }) => kind === 'ladder');
    if (latest) await show(latest.id);
    else forget();
    loaded.value = true;
  }

  async function show(group: string): Promise<void> {
    const turn = ++shown;
    const next = await lab().call('ladder.get', { group });
    const ends = await endsOf(next);
    if (turn !== shown) return;
    ladder.value = next;
    curves.value = ends;
  }

  async function estimate(entries: SeriesEntry[]): Promise<void> {
    const turn = ++planned;
    const next = await lab().call('series.plan', { entries });
    if (turn === planned) plan.value = next;
  }

  async function start(name: string, entries: SeriesEntry[]): Promise<void> {
    const { group } = await lab().call('series.start', { kind: 'ladder', name, entries });
    await show(group);
  }

  function forget(): void {
    shown++;
    ladder.value = null;
    curves.value = [];
  }

  function clear(): void {
    forget();
    planned++;
    plan.value = null;
    loaded.value = false;
  }

  return { ladder, plan, curves, loaded, job, load, show, estimate, start, clear };
});

/** The curves of the lowest and the highest rung, each by the run in the middle. */
async function endsOf({ rungs, worst, best, split }: Ladder): Promise<RungCurve[]> {
  const ends = [worst, best].flatMap((key) => rungs.find((rung) => rung.key === key) ?? []);
  return Promise.all(
    ends.map(async ({ key, typical }) => {
      const { roc } = await lab().call('evaluations.get', { run: typical, split });
      const wanted = defaultCurves(roc)[0];
      return { key, curve: roc.find((curve) => curveKey(curve) === wanted) ?? roc[0]! };
    }),
  );
}
