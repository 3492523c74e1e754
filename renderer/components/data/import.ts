import { reactive } from 'vue';
import { useI18n } from 'vue-i18n';
import { lab } from '../../bridge.ts';
import { useItems } from '../../stores/items.ts';
import { useJobs } from '../../stores/jobs.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { usePicker } from '../../stores/window/picker.ts';

/** How the next import is done; kept while the window lives. */
export const importOptions = reactive({ copy: false, collection: 'main' });

export interface Import {
  choose(kind: 'folder' | 'csv'): Promise<void>;
  dropped(file: File): Promise<void>;
}

/** Starting an import: from the picker, or from a folder or manifest dropped on the window. */
export function useImport(): Import {
  const items = useItems();
  const jobs = useJobs();
  const picker = usePicker();
  const notices = useNotices();
  const { t } = useI18n();

  async function start(path: string, kind: 'auto' | 'folder' | 'csv'): Promise<void> {
    jobs.importReport = null;
    const { copy, collection } = importOptions;
    await items.startImport(path, { kind, copy, collection: collection.trim() || 'main' });
  }

  async function choose(kind: 'folder' | 'csv'): Promise<void> {
    const path = await picker.pick(
      kind === 'folder'
        ? { kind: 'folder', title: t('data.importFolder') }
        : { kind: 'files', title: t('data.importCsv'), extensions: ['csv', 'tsv', 'txt'] },
    );
    if (path) await notices.attempt(() => start(path, kind));
  }

  async function dropped(file: File): Promise<void> {
    const path = lab().pathForFile(file);
    if (path) await start(path, 'auto');
    else notices.show(t('data.dropNeedsPath'));
  }

  return { choose, dropped };
}
