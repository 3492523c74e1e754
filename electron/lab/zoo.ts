import { resolve } from 'node:path';
import type { HandlersOf, LabContext } from './context.ts';
import { Downloads } from './downloads/downloads.ts';
import { importInbox } from './downloads/inbox.ts';

/** Backbones and their weights. Asked of the media process, which answers while the other one trains. */
export function zooHandlers(lab: LabContext): HandlersOf<'zoo'> {
  const { engines, events, libraryDir } = lab;
  const { media } = engines;
  const downloads = new Downloads(lab);
  return {
    'zoo.list': () => media.request('zooList', { libraryDir }).result,
    'zoo.layers': (params) => media.request('zooLayers', params).result,
    async 'zoo.import'({ path, as }) {
      const entry = await media.request('weightsImport', { path: resolve(path), as, libraryDir }).result;
      events.emit('zoo.changed', {});
      return entry;
    },
    async 'zoo.remove'({ id }) {
      await media.request('weightsRemove', { id, libraryDir }).result;
      events.emit('zoo.changed', {});
      return null;
    },
    'zoo.download': async ({ arch, file }) => ({ job: (await downloads.start(arch, file)).id }),
    'zoo.inbox': () => importInbox(lab),
  };
}
