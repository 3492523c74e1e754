import { reactive, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { lab } from '../../bridge.ts';
import { useItems } from '../../stores/items.ts';
import { useJobs } from '../../stores/jobs.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { usePicker } from '../../stores/window/picker.ts';

const storageKey = 'graft.import.copy';

/** How the next import is done. Copying or referring is remembered: it is a habit. The collection is not. */
export const importOptions = reactive({
  copy: localStorage.getItem(storageKey) === 'true',
  collection: 'main',
});
watch(
  () => importOptions.copy,
  (copy) => localStorage.setItem(storageKey, String(copy)),
);

/** Files that describe pictures, or hold them. */
const fileExtensions = ['csv', 'tsv', 'txt', 'json', 'zip'];

export interface Import {
  choose(what: 'folder' | 'file'): Promise<void>;
  dropped(files: File[]): Promise<void>;
}

/** Starting an import: from the picker, or from a folder or manifest dropped on the window. */
export function useImport(): Import {
  const items = useItems();
  const jobs = useJobs();
  const picker = usePicker();
  const notices = useNotices();
  const { t } = useI18n();

  async function start([path, ...also]: string[]): Promise<void> {
    if (path === undefined) return;
    jobs.importReport = null;
    const { copy, collection } = importOptions;
    await items.startImport(path, { also, copy, collection: collection.trim() || 'main' });
  }

  async function choose(what: 'folder' | 'file'): Promise<void> {
    const path = await picker.pick(
      what === 'folder'
        ? { kind: 'folder', title: t('data.importFolder') }
        : { kind: 'files', title: t('data.importFile'), extensions: fileExtensions },
    );
    if (path) await notices.attempt(() => start([path]));
  }

  async function dropped(files: File[]): Promise<void> {
    const paths = files.flatMap((file) => lab().pathForFile(file) ?? []);
    if (paths.length > 0) await start(paths);
    else notices.show(t('data.dropNeedsPath'));
  }

  return { choose, dropped };
}
