import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { FolderEntry, Result } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

export interface PickRequest {
  kind: 'folder' | 'files' | 'save';
  title: string;
  extensions?: string[];
  suggestedName?: string;
}

/** Asks for a path: with the system's dialog where the host has one, with the picker of the app elsewhere. */
export const usePicker = defineStore('picker', () => {
  const request = ref<PickRequest | null>(null);
  const lastFolder = ref('');
  let answer: ((path: string | null) => void) | null = null;

  async function pick(next: PickRequest): Promise<string | null> {
    const native = await lab().call('app.pick', next);
    if (native.supported) return native.paths[0] ?? null;
    answer?.(null);
    request.value = next;
    return new Promise((resolve) => (answer = resolve));
  }

  function finish(path: string | null): void {
    request.value = null;
    answer?.(path);
    answer = null;
  }

  async function list(path: string): Promise<Result<'app.listFolder'>> {
    const folder = await lab().call('app.listFolder', { path });
    lastFolder.value = folder.path;
    return folder;
  }

  async function makeFolder(parent: string, name: string): Promise<string> {
    return (await lab().call('app.makeFolder', { parent, name })).path;
  }

  return { request, lastFolder, pick, finish, list, makeFolder };
});

export type { FolderEntry };
