import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { connection } from '../bridge.ts';
import { useApp } from './app.ts';
import { useChecks } from './data/checks.ts';
import { useComparison } from './runs/comparison.ts';
import { useDevices } from './devices.ts';
import { useDraft } from './draft.ts';
import { useExperiments } from './runs/experiments.ts';
import { useExplanations } from './runs/explanations.ts';
import { useFeatureMap } from './runs/feature-map.ts';
import { useItems } from './data/items.ts';
import { useJobs } from './jobs.ts';
import { useLearningCurve } from './data/learning-curve.ts';
import { useLadder } from './runs/ladder.ts';
import { useNotices } from './window/notices.ts';
import { usePredictions } from './runs/predictions.ts';
import { useProject } from './project.ts';
import { useResults } from './runs/results.ts';
import { useRuns } from './runs/runs.ts';
import { useSuggestions } from './data/suggestions.ts';
import { useTransferability } from './backbones/transferability.ts';
import { useTransfer } from './runs/transfer.ts';
import { useSources } from './data/sources.ts';
import { useZoo } from './backbones/zoo.ts';

/** Brings every store to the state of the lab: at the start, after a reconnection, when the project changes. */
export const useSession = defineStore('session', () => {
  const ready = ref(false);
  const app = useApp();
  const devices = useDevices();
  const project = useProject();
  const jobs = useJobs();
  const zoo = useZoo();
  const runs = useRuns();
  const items = useItems();
  const checks = useChecks();
  const sources = useSources();
  const experiments = useExperiments();
  const suggestions = useSuggestions();
  const notices = useNotices();

  async function refresh(): Promise<void> {
    await app.load();
    await project.load();
    await Promise.all([
      jobs.load(),
      devices.load(),
      zoo.load(),
      project.current ? runs.load() : undefined,
      checks.load(),
      suggestions.load(),
    ]);
    items.pages.expire();
    if (project.current) void notices.attempt(sources.load);
  }

  function forgetProject(): void {
    runs.clear();
    experiments.clear();
    items.clear();
    checks.clear();
    suggestions.clear();
    sources.clear();
    jobs.importReport = null;
    useResults().clear();
    useComparison().clear();
    useDraft().clear();
    useLadder().clear();
    useTransfer().clear();
    useTransferability().clear();
    usePredictions().forgetRun();
    useExplanations().clear();
    useFeatureMap().clear();
    useLearningCurve().clear();
  }

  async function start(): Promise<void> {
    const live = [app, devices, project, jobs, zoo, runs, items, checks, experiments, suggestions, sources];
    for (const store of [...live, useFeatureMap(), useLearningCurve()]) store.listen();
    await notices.attempt(refresh);
    ready.value = true;
    watch(
      () => project.current?.path,
      (path) => {
        forgetProject();
        if (path) void notices.attempt(sources.load);
        if (path)
          void notices
            .attempt(runs.load)
            .then(() => notices.attempt(() => Promise.all([checks.load(), suggestions.load()])));
      },
    );
    watch(connection, (state, before) => {
      if (state === 'open' && before === 'lost') void notices.attempt(refresh);
    });
  }

  return { ready, start };
});
