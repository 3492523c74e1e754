import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { InboxReport, Job, PublishedWeights } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useApp } from '../app.ts';
import { useJobs } from '../jobs.ts';

/** Fetching published weights, and taking in those fetched by hand. */
export const useDownloads = defineStore('downloads', () => {
  const app = useApp();
  const jobs = useJobs();

  const offline = computed(() => app.settings.offline || (app.info?.startedOffline ?? false));
  const inbox = computed(() => app.info?.inboxDir ?? '');

  /** The download of a file that goes on now. */
  function running(file: string): Job | undefined {
    return jobs.running.find((job) => job.kind === 'weights' && job.subject === file);
  }

  async function start(arch: string, { file }: PublishedWeights): Promise<void> {
    await lab().call('zoo.download', { arch, file });
  }

  function lookIntoInbox(): Promise<InboxReport> {
    return lab().call('zoo.inbox', {});
  }

  return { offline, inbox, running, start, lookIntoInbox };
});
