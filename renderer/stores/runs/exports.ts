import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Certificate, ExportFormat, Params, Result, Run } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

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

  const report = (wanted: Params<'documents.report'>): Promise<Result<'documents.report'>> =>
    lab().call('documents.report', wanted);

  const tables = (wanted: Params<'documents.tables'>): Promise<Result<'documents.tables'>> =>
    lab().call('documents.tables', wanted);

  const saveCapsule = (wanted: Params<'capsules.save'>): Promise<Result<'capsules.save'>> =>
    lab().call('capsules.save', wanted);

  const openCapsule = (file: string, dir: string): Promise<Result<'capsules.open'>> =>
    lab().call('capsules.open', { file, dir });

  return { certificates, load, exportModel, report, tables, saveCapsule, openCapsule };
});

/** A name for a file about a run, without what a file system does not take. */
export const fileNameOf = (run: Run, ending: string): string =>
  `${run.name.replace(/[\\/:*?"<>|\s]+/g, '-')}.${ending}`;
