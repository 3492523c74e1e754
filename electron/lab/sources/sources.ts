import type { HandlersOf, LabContext } from '../context.ts';
import { startLabelExport } from './export-labels.ts';
import type { MissingItems } from './missing.ts';
import { startRelink } from './relink.ts';
import type { WatchService } from './watching.ts';

type SourceHandlers = Pick<
  HandlersOf<'items' | 'watches'>,
  'items.missing' | 'items.relink' | 'items.exportLabels' | 'watches.list' | 'watches.add' | 'watches.remove'
>;

/** Where the pictures come from and go to. */
export function sourceHandlers(
  lab: LabContext,
  missing: MissingItems,
  watches: WatchService,
): SourceHandlers {
  return {
    async 'items.missing'() {
      await missing.refresh();
      return missing.describe();
    },
    'items.relink': (params) => ({ job: startRelink(lab, missing, params).job.id }),
    'items.exportLabels': (params) => ({ job: startLabelExport(lab, params).job.id }),
    'watches.list': () => watches.list(),
    'watches.add': (params) => ({ job: watches.add(params).job.id }),
    'watches.remove': ({ id }) => watches.remove(id),
  };
}
