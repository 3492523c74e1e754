import { reactive, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { lab } from '../../bridge.ts';
import { useItems } from '../../stores/data/items.ts';
import { useJobs } from '../../stores/jobs.ts';
import { useSources } from '../../stores/data/sources.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { usePicker } from '../../stores/window/picker.ts';
import { filesOfDrop, upload } from './uploads.ts';
import type { DroppedFile } from './uploads.ts';

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
  /** Folders, files, archives and manifests dropped on the window, by their paths or by their content. */
  dropped(data: DataTransfer): Promise<void>;
  /** A picture or files from the clipboard; they get the class that is filtered by, if it is one. */
  pasted(data: DataTransfer): Promise<void>;
  /** Imports a folder and takes in what appears there from now on. */
  watch(): Promise<void>;
}

/** Starting an import: from the picker, or from a folder or manifest dropped on the window. */
export function useImport(): Import {
  const items = useItems();
  const jobs = useJobs();
  const picker = usePicker();
  const notices = useNotices();
  const sources = useSources();
  const { t } = useI18n();

  async function start([path, ...also]: string[]): Promise<void> {
    if (path === undefined) return;
    jobs.importReport = null;
    await items.startImport(path, { also, copy: importOptions.copy, collection: collection() });
  }

  async function choose(what: 'folder' | 'file'): Promise<void> {
    const path = await picker.pick(
      what === 'folder'
        ? { kind: 'folder', title: t('data.importFolder') }
        : { kind: 'files', title: t('data.importFile'), extensions: fileExtensions },
    );
    if (path) await notices.attempt(() => start([path]));
  }

  const collection = (): string => importOptions.collection.trim() || 'main';

  async function send(files: DroppedFile[], classId?: number): Promise<void> {
    if (files.length === 0) return;
    jobs.importReport = null;
    const name = await upload(files, (done, total) => {
      if (total > 1) notices.show(t('data.uploading', { done, total }));
    });
    await lab().call('uploads.import', { upload: name, collection: collection(), classId });
  }

  async function dropped(data: DataTransfer): Promise<void> {
    const paths = [...data.files].flatMap((file) => lab().pathForFile(file) ?? []);
    if (paths.length > 0) await start(paths);
    else await send(await filesOfDrop(data));
  }

  async function pasted(data: DataTransfer): Promise<void> {
    const files = [...data.files];
    const paths = files.flatMap((file) => lab().pathForFile(file) ?? []);
    if (paths.length > 0) return start(paths);
    const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    const [only, ...others] = items.filter.classes ?? [];
    const classId = others.length === 0 ? (only ?? undefined) : undefined;
    await send(
      files.map((file, index) => ({ path: `pasted ${time} ${index + 1} ${file.name}`, file })),
      classId,
    );
  }

  async function watchFolder(): Promise<void> {
    const path = await picker.pick({ kind: 'folder', title: t('data.watchFolder') });
    if (!path) return;
    jobs.importReport = null;
    await notices.attempt(() => sources.watch(path, { copy: importOptions.copy, collection: collection() }));
  }

  return { choose, dropped, pasted, watch: watchFolder };
}
