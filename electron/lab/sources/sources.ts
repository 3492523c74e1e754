import type { HandlersOf, LabContext } from '../context.ts';
import { startLabelExport } from './export-labels.ts';
import type { MissingItems } from './missing.ts';
import { startRelink } from './relink.ts';
import { Uploads } from './uploads.ts';
import type { WatchService } from './watching.ts';

type SourceHandlers = HandlersOf<'watches' | 'uploads'> &
  Pick<HandlersOf<'items'>, 'items.missing' | 'items.relink' | 'items.exportLabels'>;

/** Where the pictures come from and go to. */
export function sourceHandlers(
  lab: LabContext,
  missing: MissingItems,
  watches: WatchService,
  onImported: () => void,
): SourceHandlers {
  const uploads = new Uploads(lab);
  return {
    async 'items.missing'() {
      await missing.refresh();
      return missing.describe();
    },
    'items.relink': (params) => ({ job: startRelink(lab, missing, params).job.id }),
    'items.exportLabels': (params) => ({ job: startLabelExport(lab, params).job.id }),
    async 'uploads.write'(params) {
      await uploads.write(params);
      return null;
    },
    async 'uploads.import'(params) {
      const { job, result } = await uploads.finish(params);
      result.then(onImported, () => undefined);
      return { job: job.id };
    },
    'watches.list': () => watches.list(),
    'watches.add': (params) => ({ job: watches.add(params).job.id }),
    'watches.remove': ({ id }) => watches.remove(id),
  };
}
