import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Certificate, ExportFormat, Run } from '../../shared/contract/index.ts';
import { lab } from '../bridge.ts';

/** What leaves Graft: models with their certificates. */
export const useExports = defineStore('exports', () => {
  /** Of the run asked about last, the newest first. */
  const certificates = ref<Certificate[]>([]);
  let shown = '';

  async function load(run: string): Promise<void> {
    if (shown !== run) certificates.value = [];
    shown = run;
    const found = await lab().call('exports.list', { run });
    if (shown === run) certificates.value = found;
  }

  async function exportModel(run: string, format: ExportFormat, out: string): Promise<Certificate> {
    const certificate = await lab().call('exports.model', { run, format, out });
    await load(run);
    return certificate;
  }

  return { certificates, load, exportModel };
});

/** A name for a file about a run, without what a file system does not take. */
export const fileNameOf = (run: Run, ending: string): string =>
  `${run.name.replace(/[\\/:*?"<>|\s]+/g, '-')}.${ending}`;
