import { MOST_DRAWN } from '../../../shared/contract/runs/experiments.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { RunService } from '../runs/runs.ts';
import { rowOf } from '../runs/runs.ts';
import { lossOf } from './loss.ts';
import { tableWindow } from './table.ts';

/** Many runs at once: the table, what a person says about them, and their end. */
export function experimentHandlers(lab: LabContext, runs: RunService): HandlersOf<'experiments'> {
  const store = () => lab.projects.current.store;
  return {
    'experiments.list': (request) => tableWindow(store(), request),
    'experiments.facets': () => store().runListing.facets(),
    'experiments.ids': ({ filter, order }) =>
      store().runs.idsOf([...store().runListing.numbers(filter, order)]),
    'experiments.drawn'({ filter, order, columns }) {
      const numbers = store().runListing.numbers(filter, order);
      const drawn = store().runListing.lines([...numbers.subarray(0, MOST_DRAWN)], columns);
      return { total: numbers.length, runs: drawn };
    },
    'experiments.notes': ({ id }) => ({ notes: store().runMarks.notes(rowOf(lab.projects.current, id).id) }),
    'experiments.edit'({ ids, addTags, removeTags, ...marks }) {
      const { runMarks, transaction } = store();
      transaction(() => {
        for (const id of ids) {
          runMarks.set(id, marks);
          for (const tag of removeTags) runMarks.removeTag(id, tag);
          for (const tag of addTags) runMarks.addTag(id, tag);
        }
      });
      lab.events.emit('runs.changed', {});
      return null;
    },
    'experiments.loss': ({ ids }) => lossOf(lab.projects.current, ids),
    async 'experiments.delete'({ ids }) {
      await runs.remove(ids);
      return null;
    },
  };
}
