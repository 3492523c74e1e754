import { defineStore } from 'pinia';
import { ref } from 'vue';
import { errorSentence } from '../../i18n.ts';

export interface Notice {
  id: number;
  text: string;
  tone: 'plain' | 'failed';
  action?: { label: string; run: () => void };
}

/** What the snackbar shows: one notice at a time, the newest wins. */
export const useNotices = defineStore('notices', () => {
  const current = ref<Notice | null>(null);
  let nextId = 0;

  function show(text: string, action?: Notice['action']): void {
    current.value = { id: nextId++, text, tone: 'plain', action };
  }

  function showError(error: unknown): void {
    current.value = { id: nextId++, text: errorSentence(error), tone: 'failed' };
  }

  /** Takes away what is shown, because it is no longer the last thing done. */
  function dismiss(): void {
    current.value = null;
  }

  /** Runs something that may fail and shows the failure; returns undefined when it did. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      showError(error);
      return undefined;
    }
  }

  return { current, show, showError, dismiss, attempt };
});
