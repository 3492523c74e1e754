import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Devices } from '../../shared/contract/index.ts';
import { lab } from '../bridge.ts';

/** What the engine may compute on, how its checks ended, and what `auto` takes. */
export const useDevices = defineStore('devices', () => {
  const known = ref<Devices | null>(null);

  const checking = computed(() => known.value?.devices.some(({ state }) => state === 'checking') ?? false);
  /** Devices that crashed and of which the user has not been told. */
  const news = computed(() => known.value?.news ?? []);

  async function load(): Promise<void> {
    known.value = await lab().call('devices.list', {});
  }

  /** Checks everything again, also what failed, crashed or is software. */
  async function checkAgain(): Promise<void> {
    known.value = await lab().call('devices.check', { again: true });
  }

  async function seen(): Promise<void> {
    known.value = await lab().call('devices.seen', {});
  }

  function listen(): void {
    lab().on('devices.changed', (next) => (known.value = next));
  }

  return { known, checking, news, load, checkAgain, seen, listen };
});
