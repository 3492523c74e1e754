import { absolutePath } from '../items/item-paths.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { datasetOf } from './dataset.ts';

/** Help in choosing a recipe's numbers. */
export function tuningHandlers({ projects, engines, jobs }: LabContext): HandlersOf<'tuning'> {
  return {
    'tuning.findRate'({ recipe, stage, steps }) {
      const { places } = projects.current;
      const { classes, items } = datasetOf(projects.current, recipe.data);
      const request = { run: 'rate', recipe, classes, items, places, stage, steps };
      return jobs.start({ kind: 'rate', subject: recipe.kind }, ({ signal, progress }) =>
        requestUntil(signal, engines.compute, 'findRate', request, ({ done, total }) =>
          progress({ phase: 'rate', done, total }),
        ),
      ).result;
    },
    async 'tuning.previewAugmentation'({ items, ...request }) {
      const { store, dir } = projects.current;
      const byId = new Map(store.items.byIds(items).map((item) => [item.id, item]));
      const paths = items.flatMap((id) => byId.get(id)?.path ?? []).map((path) => absolutePath(dir, path));
      const previews = await engines.compute.request('previewAugmentation', { ...request, paths }).result;
      return previews.map((files) => files.map((file) => Buffer.from(file).toString('base64')));
    },
  };
}
