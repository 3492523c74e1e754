import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { LabelForm, MissingFiles, WatchedFolder } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

const nothing: MissingFiles = { items: 0, folders: [] };

/** Where the pictures come from: files that are gone, and folders that are watched. */
export const useSources = defineStore('sources', () => {
  const missing = ref<MissingFiles>(nothing);
  const watches = ref<WatchedFolder[]>([]);

  /** Asking the disk about every file takes its time: nobody need wait for it. */
  async function load(): Promise<void> {
    clear();
    watches.value = await lab().call('watches.list', {});
    missing.value = await lab().call('items.missing', {});
  }

  function clear(): void {
    missing.value = nothing;
    watches.value = [];
  }

  const relink = (from: string, to: string): Promise<unknown> => lab().call('items.relink', { from, to });

  const exportLabels = (out: string, form: LabelForm, link: boolean): Promise<unknown> =>
    lab().call('items.exportLabels', { out, form, link });

  const watch = (path: string, options: { copy: boolean; collection: string }): Promise<unknown> =>
    lab().call('watches.add', { path, ...options });

  async function unwatch(id: number): Promise<void> {
    watches.value = await lab().call('watches.remove', { id });
  }

  function listen(): void {
    lab().on('missing.changed', (now) => (missing.value = now));
    lab().on('watches.changed', (now) => (watches.value = now));
  }

  return { missing, watches, load, clear, relink, exportLabels, watch, unwatch, listen };
});
