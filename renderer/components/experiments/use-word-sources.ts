import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRuns } from '../../stores/runs/runs.ts';
import { useZoo } from '../../stores/backbones/zoo.ts';
import type { WordSources } from './cell-words.ts';

/** Where cells find the names of what they show, in the language of now. */
export function useWordSources(): ComputedRef<WordSources> {
  const { t, locale } = useI18n();
  const zoo = useZoo();
  const runs = useRuns();
  return computed(() => ({
    t: (key, params) => t(key, params ?? {}),
    locale: locale.value,
    architecture: (id) => zoo.byId.get(id)?.title ?? id,
    run: (id) => runs.byId.get(id)?.name ?? t('experiments.earlierRun'),
  }));
}
