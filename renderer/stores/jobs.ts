import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { ImportReport, Job } from '../../shared/contract/index.ts';
import { importReportSchema } from '../../shared/contract/data/items.ts';
import { lab } from '../bridge.ts';

/** Work in the background: imports, training, exports. */
export const useJobs = defineStore('jobs', () => {
  const list = ref<Job[]>([]);
  const importReport = ref<ImportReport | null>(null);

  const running = computed(() => list.value.filter((job) => job.status === 'running'));
  /** The job that is bringing images in right now; a sample's later stages train and are not meant. */
  const importing = computed(() =>
    running.value.find(
      (job) => job.kind === 'import' || (job.kind === 'sample' && !job.phase.startsWith('stage-')),
    ),
  );
  /** Share of all running work that is done, 0 to 1; null while nothing runs or nothing is known. */
  const progress = computed(() => {
    const known = running.value.filter((job) => job.total > 0);
    if (known.length === 0) return null;
    return known.reduce((sum, job) => sum + job.done / job.total, 0) / known.length;
  });

  async function load(): Promise<void> {
    list.value = await lab().call('jobs.list', {});
  }

  function receive(job: Job): void {
    const index = list.value.findIndex((known) => known.id === job.id);
    if (index < 0) list.value.unshift(job);
    else list.value[index] = job;
    if (job.kind === 'import' && job.status === 'done') {
      const report = importReportSchema.safeParse(job.result);
      if (report.success) importReport.value = report.data;
    }
  }

  async function cancel(id: string): Promise<void> {
    await lab().call('jobs.cancel', { id });
  }

  async function dismiss(id: string): Promise<void> {
    await lab().call('jobs.dismiss', { id });
    list.value = list.value.filter((job) => job.id !== id);
  }

  function listen(): void {
    lab().on('job.changed', receive);
  }

  return { list, importReport, running, importing, progress, load, cancel, dismiss, listen };
});
