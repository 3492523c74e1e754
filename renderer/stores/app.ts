import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { AppInfo, EngineInfo, Settings } from '../../shared/contract/index.ts';
import { lab } from '../bridge.ts';
import { setLanguage, systemLanguage } from '../i18n.ts';
import { vuetify } from '../theme/vuetify.ts';

function applySettings(settings: Settings): void {
  const language = settings.language ?? systemLanguage();
  setLanguage(language);
  vuetify.locale.current.value = language === 'zh' ? 'zhHans' : 'en';
  void vuetify.theme.change(settings.theme);
}

/** The application itself: its settings, where it runs, and the state of its engine. */
export const useApp = defineStore('app', () => {
  const info = ref<AppInfo | null>(null);
  const settings = ref<Settings>({ theme: 'system', language: null, offline: false });
  const engine = ref<EngineInfo | null>(null);

  const engineLost = computed(() => engine.value?.state === 'lost' || engine.value?.state === 'failed');

  async function load(): Promise<void> {
    settings.value = await lab().call('app.settings', {});
    applySettings(settings.value);
    info.value = await lab().call('app.info', {});
    engine.value = info.value.engine;
  }

  async function change(part: Partial<Settings>): Promise<void> {
    settings.value = await lab().call('app.setSettings', part);
    applySettings(settings.value);
  }

  async function restartEngine(): Promise<void> {
    engine.value = await lab().call('app.restartEngine', {});
  }

  function listen(): void {
    lab().on('engine.changed', (next) => (engine.value = next));
  }

  return { info, settings, engine, engineLost, load, change, restartEngine, listen };
});
