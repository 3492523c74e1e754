import { resolve } from 'node:path';
import type { HandlersOf, LabContext } from './context.ts';
import { Downloads, throughMirror } from './downloads/downloads.ts';
import { importInbox } from './downloads/inbox.ts';
import { measureSpeed, readSpeeds } from './speeds.ts';
import { requireModel, runFolder } from './runs/run-files.ts';
import { rowOf } from './runs/runs.ts';

/** Backbones and their weights. Asked of the media process, which answers while the other one trains. */
export function zooHandlers(lab: LabContext): HandlersOf<'zoo'> {
  const { engines, events, libraryDir } = lab;
  const { media } = engines;
  const downloads = new Downloads(lab);
  return {
    'zoo.list': async () =>
      throughMirror(await media.request('zooList', { libraryDir }).result, lab.options.mirror),
    'zoo.layers': (params) => media.request('zooLayers', { ...params, libraryDir }).result,
    'zoo.speeds': () => readSpeeds(lab.options.dataDir),
    'zoo.measure': (request) => measureSpeed(lab, request),
    'zoo.inspect': ({ path, ...wishes }) =>
      media.request('weightsInspect', { path: resolve(path), ...wishes }).result,
    async 'zoo.import'({ path, as, graph }) {
      const params = { path: resolve(path), as, graph, libraryDir };
      const entry = await media.request('weightsImport', params).result;
      events.emit('zoo.changed', {});
      return entry;
    },
    async 'zoo.keep'({ run: id }) {
      const project = lab.projects.current;
      const run = rowOf(project, id);
      requireModel(project, run);
      const runDir = runFolder(project, id);
      const entry = await media.request('weightsFromRun', { runDir, name: run.name, libraryDir }).result;
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
