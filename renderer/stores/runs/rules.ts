import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { RunRules, SetReport, ThresholdGoal, ThresholdSweep } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import type { Question } from './results.ts';

/** How the run looked at decides: its threshold with what each other one would do, its sets, what it knows. */
export const useRules = defineStore('rules', () => {
  const rules = shallowRef<RunRules | null>(null);
  const sweep = shallowRef<ThresholdSweep | null>(null);
  const sets = shallowRef<SetReport | null>(null);
  const learning = ref(false);
  let asked = 0;

  async function load(run: string): Promise<void> {
    rules.value = null;
    rules.value = await lab().call('rules.get', { run });
  }

  async function loadSweep(about: Question, cls: number, at?: number): Promise<void> {
    const turn = ++asked;
    const found = await lab().call('rules.sweep', { ...about, class: cls, at });
    if (turn === asked) sweep.value = found;
  }

  /** The threshold that serves the goal best on validation; null when none does. */
  const choose = async (run: string, cls: number, goal: ThresholdGoal): Promise<number | null> =>
    (await lab().call('rules.chooseThreshold', { run, class: cls, goal })).threshold;

  async function use(
    run: string,
    point: { class: number; threshold: number; goal: ThresholdGoal } | null,
  ): Promise<void> {
    rules.value = await lab().call('rules.setOperatingPoint', { run, point });
  }

  async function trySets(about: Question, coverage: number): Promise<void> {
    sets.value = null;
    sets.value = await lab().call('rules.trySets', { ...about, coverage, method: 'lac' });
  }

  async function useSets(run: string, coverage: number | null): Promise<void> {
    const chosen = coverage === null ? null : { coverage, method: 'lac' as const };
    rules.value = await lab().call('rules.setSets', { run, sets: chosen });
  }

  async function learn(run: string, falseAlarms: number): Promise<void> {
    learning.value = true;
    try {
      rules.value = await lab().call('rules.learnNovelty', { run, falseAlarms });
    } finally {
      learning.value = false;
    }
  }

  async function forget(run: string): Promise<void> {
    rules.value = await lab().call('rules.forgetNovelty', { run });
  }

  return { rules, sweep, sets, learning, load, loadSweep, choose, use, trySets, useSets, learn, forget };
});
